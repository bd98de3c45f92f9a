// Lint an OpenAPI file by the rules in openapi/redocly.yaml: tests/lint/openapi.mjs FILE
import { lint, loadConfig } from "@redocly/openapi-core";
import { dirname, join } from "node:path";

const file = process.argv[2];
const config = await loadConfig({ configPath: join(dirname(file), "redocly.yaml") });
const problems = await lint({ ref: file, config });
for (const { severity, ruleId, message, location } of problems) {
	console.error(`${file}${location[0]?.pointer ?? ""}: ${severity}: ${message} (${ruleId})`);
}
process.exitCode = problems.length ? 1 : 0;
