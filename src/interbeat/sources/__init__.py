"""Where data come from: files and folders."""
