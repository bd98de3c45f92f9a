-- wrk's side of the benchmarks: wrk … -s load.lua URL -- MODE [ARGUMENT…]
--   one                            the URL as it stands
--   pages  TOKEN PROJECT FIRST LAST   GET /project/PROJECT/page/N, N going round from FIRST to LAST
--   insert TOKEN PROJECT FIRST LAST   POST /audio/ at a random index from FIRST to LAST
-- Prints "BENCH requests_per_second p50_ms p99_ms requests errors".

local mode = {}

function mode.one()
	return function()
		return wrk.format("GET")
	end
end

function mode.pages(token, project, first, last)
	first, last = tonumber(first), tonumber(last)
	local headers = {["Authorization"] = "Bearer " .. token}
	local requests = {}
	for n = first, last, math.max(1, math.floor((last - first) / 1000)) do
		requests[#requests + 1] =
			wrk.format("GET", "/project/" .. project .. "/page/" .. n, headers)
	end
	local i = 0
	return function()
		i = i % #requests + 1
		return requests[i]
	end
end

function mode.insert(token, project, first, last)
	first, last = tonumber(first), tonumber(last)
	local headers = {
		["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json"}
	local body = '{"project_id":%s,"index":%d,"text":"One more sentence.","speed":1}'
	return function()
		return wrk.format("POST", "/audio/", headers,
			string.format(body, project, math.random(first, last)))
	end
end

function init(args)
	local name = table.remove(args, 1)
	request = mode[name](unpack(args))
end

function done(summary, latency)
	local e = summary.errors
	io.write(string.format("BENCH %.1f %.3f %.3f %d %d\n",
		summary.requests * 1e6 / summary.duration, latency:percentile(50) / 1000,
		latency:percentile(99) / 1000, summary.requests,
		e.connect + e.read + e.write + e.status + e.timeout))
end
