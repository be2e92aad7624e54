// Vitest setup: where coverage is measured, processes that tests start say what they ran (Node writes it as they end).
if (process.env.COVERAGE_DIR) process.env.NODE_V8_COVERAGE = process.env.COVERAGE_DIR
