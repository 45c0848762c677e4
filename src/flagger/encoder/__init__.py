"""The transformer stage: word pieces in, one logit for each head out; runs with onnxruntime, without torch."""
