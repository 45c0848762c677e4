"""What scoring costs on this machine: rate, latency, start, memory and the share of each step."""
