"""The layers, operations and parts that an untrusted classifier file may name, and why it may not name others.

All of them only compute: none holds code, reads a file or loads anything.
"""

from __future__ import annotations

NETS = ("Functional", "Sequential")
_LAYER_NAMES = """
    InputLayer Dense EinsumDense Embedding Identity Masking Activation ReLU LeakyReLU PReLU ELU Softmax
    Conv1D Conv2D DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D Conv1DTranspose Conv2DTranspose
    MaxPooling1D MaxPooling2D AveragePooling1D AveragePooling2D
    GlobalMaxPooling1D GlobalMaxPooling2D GlobalAveragePooling1D GlobalAveragePooling2D
    BatchNormalization LayerNormalization GroupNormalization UnitNormalization RMSNormalization Normalization
    Add Subtract Multiply Average Maximum Minimum Concatenate Dot
    Flatten Reshape Permute RepeatVector ZeroPadding1D ZeroPadding2D Cropping1D Cropping2D UpSampling1D UpSampling2D
    Rescaling Resizing CenterCrop
    RandomFlip RandomRotation RandomTranslation RandomZoom RandomCrop RandomContrast RandomBrightness
    Dropout SpatialDropout1D SpatialDropout2D AlphaDropout GaussianDropout GaussianNoise ActivityRegularization
    LSTM GRU SimpleRNN MultiHeadAttention Attention
"""
_ARITHMETIC = """
    Absolute Add Average Clip Concatenate Divide Exp ExpandDims Flip GetItem Log Matmul Max Maximum Mean Min Minimum
    Multiply Negative Pad Power Repeat Reshape Roll Sqrt Square Squeeze Stack Subtract Sum Swapaxes Tanh Transpose
    TrueDivide
"""
_ACTIVATIONS = "Elu Gelu HardSigmoid HardSilu LeakyRelu LogSoftmax Relu Relu6 Selu Sigmoid Silu Softmax Softplus"
_PART_NAMES = """
    DTypePolicy __keras_tensor__ __slice__ __tuple__ __ellipsis__
    GlorotUniform GlorotNormal HeUniform HeNormal LecunUniform LecunNormal TruncatedNormal RandomNormal RandomUniform
    VarianceScaling Orthogonal Zeros Ones Constant L1 L2 L1L2 OrthogonalRegularizer MaxNorm MinMaxNorm NonNeg UnitNorm
"""
LAYERS = frozenset(_LAYER_NAMES.split())
WRAPPERS = frozenset({"Bidirectional", "TimeDistributed"})
"""Layers that hold another layer, as ``layer`` (and ``backward_layer``)."""
OPERATIONS = {
    "keras.src.ops.numpy": frozenset(_ARITHMETIC.split()),
    "keras.src.ops.nn": frozenset(_ACTIVATIONS.split()),
    "keras.src.ops.core": frozenset({"Cast"}),
    "keras.src.ops.math": frozenset({"Logsumexp"}),
}
PARTS = frozenset(_PART_NAMES.split())
_MODULES = (
    None,
    "keras",
    "keras.layers",
    "keras.models",
    "keras.initializers",
    "keras.regularizers",
    "keras.constraints",
    "keras.src.models.functional",
    "keras.src.models.sequential",
    "builtins",
)
_CODE = ("Lambda", "__lambda__", "function", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer")


def is_net(kind: object, module: object) -> bool:
    """Returns whether the class `kind` of `module` is a network of layers."""
    return kind in NETS and module in _MODULES


def is_layer(kind: object, module: object) -> bool:
    """Returns whether the class `kind` of `module` is an allowed layer or operation, other than a wrapper."""
    if not isinstance(kind, str):
        return False
    if isinstance(module, str) and module in OPERATIONS:
        return kind in OPERATIONS[module]
    return kind in LAYERS and module in _MODULES


def is_wrapper(kind: object, module: object) -> bool:
    """Returns whether the class `kind` of `module` is a layer that holds another one."""
    return isinstance(kind, str) and kind in WRAPPERS and module in _MODULES


def is_part(kind: object, module: object) -> bool:
    """Returns whether the class `kind` of `module` is an allowed part of a layer, such as an initialiser."""
    return isinstance(kind, str) and kind in PARTS and module in _MODULES


def reason_against(kind: object, module: object, registered: object) -> str:
    """Returns why a class is not allowed and what to do, to complete "the file …"."""
    called = f"{module}.{kind}"
    if "quanti" in called.lower():
        return (
            f"is made for quantised weights ({kind}), whose steps have no gradient; save the net as it was before its "
            "quantisation"
        )
    if kind in _CODE:
        return (
            f"holds code ({kind}), and code in a file is never run; build the net with Keras layers instead, for "
            "instance Rescaling for arithmetic on pixels, and save it again"
        )
    own = isinstance(registered, str) and registered != kind
    is_foreign = not isinstance(module, str) or not (module == "keras" or module.startswith("keras."))
    if own or (is_foreign and kind not in (*NETS, *LAYERS, *PARTS)):
        return (
            f"needs a Python class of its own ({registered if own else kind}), and code of others is never run; build "
            "the net from layers of Keras, as keras.Sequential or keras.Model(inputs, outputs), give it the weights "
            "and save it again"
        )
    return f"may only use Keras layers that make classes of images; it names {called}, which is not allowed there"
