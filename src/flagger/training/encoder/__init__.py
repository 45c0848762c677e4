"""Fine-tune a transformer on labelled posts: one network, one head for each score (extra ``train``, needs torch)."""
