"""Fit the models and the fusion step on labelled posts (extra ``train``)."""
