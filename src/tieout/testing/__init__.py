"""What authors and our tests use: suites, builders, worlds. Product code never imports it."""
