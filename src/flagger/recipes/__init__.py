"""Complete trainings: from labelled posts to a model folder with its card."""
