"""The whole of it, in a real browser: `script/test-e2e`."""
