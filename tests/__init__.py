"""The proof: every promise of this product, held by a test that fails when the promise breaks."""
