"""The datasets that Keras downloads, with the names of their classes, which Keras does not tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A dataset that Keras downloads.

    Attributes:
        name: On the command line, and of its file.
        title: On screen.
        module: In ``keras.datasets``.
        bytes: How much is downloaded.
        class_names: One for each class.
    """

    name: str
    title: str
    module: str
    bytes: int
    class_names: tuple[str, ...]


_FASHION = "T-shirt/top|Trouser|Pullover|Dress|Coat|Sandal|Shirt|Sneaker|Bag|Ankle boot"
_CIFAR_10 = "airplane|automobile|bird|cat|deer|dog|frog|horse|ship|truck"
_CIFAR_100 = (
    "apple|aquarium fish|baby|bear|beaver|bed|bee|beetle|bicycle|bottle|bowl|boy|bridge|bus|butterfly|camel|can|"
    "castle|caterpillar|cattle|chair|chimpanzee|clock|cloud|cockroach|couch|crab|crocodile|cup|dinosaur|dolphin|"
    "elephant|flatfish|forest|fox|girl|hamster|house|kangaroo|keyboard|lamp|lawn mower|leopard|lion|lizard|lobster|"
    "man|maple tree|motorcycle|mountain|mouse|mushroom|oak tree|orange|orchid|otter|palm tree|pear|pickup truck|"
    "pine tree|plain|plate|poppy|porcupine|possum|rabbit|raccoon|ray|road|rocket|rose|sea|seal|shark|shrew|skunk|"
    "skyscraper|snail|snake|spider|squirrel|streetcar|sunflower|sweet pepper|table|tank|telephone|television|tiger|"
    "tractor|train|trout|tulip|turtle|wardrobe|whale|willow tree|wolf|woman|worm"
)


def _download(name: str, title: str, module: str, size: int, class_names: str) -> Download:
    return Download(name=name, title=title, module=module, bytes=size, class_names=tuple(class_names.split("|")))


DOWNLOADS: Mapping[str, Download] = MappingProxyType(
    {
        each.name: each
        for each in (
            _download("fashion-mnist", "Fashion-MNIST", "fashion_mnist", 30_878_645, _FASHION),
            _download("cifar-10", "CIFAR-10", "cifar10", 170_498_071, _CIFAR_10),
            _download("cifar-100", "CIFAR-100", "cifar100", 169_001_437, _CIFAR_100),
        )
    }
)
"""By name."""
