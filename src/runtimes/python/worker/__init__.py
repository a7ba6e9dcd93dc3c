"""What runs in the Python process of one version."""
