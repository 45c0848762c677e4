"""Where rules and models meet: features, fitted combinations, thresholds and evidence."""
