"""The lab's computing: dataset, classifier, training, descent, retraining. Never imports Qt."""
