"""The command line: handling of arguments, nothing else."""
