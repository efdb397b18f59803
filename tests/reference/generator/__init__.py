"""One outer step of every method, computed with PyTorch after the papers' formulas."""
