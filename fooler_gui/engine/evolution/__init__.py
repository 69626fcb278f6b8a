"""Evolution on images, a search without gradients: MAP-Elites with a cell for each class."""
