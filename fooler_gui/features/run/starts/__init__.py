"""What a run starts from: noise, averages, an image of the dataset, a drawing, a picture."""
