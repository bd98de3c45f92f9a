-- A mixed load of exactly so many requests: wrk … -s mix.lua URL -- TOKEN PROJECT FIRST LAST EMAIL
-- COUNT SEED; FIRST and LAST are the ids of the project's sentences, EMAIL is a user whose password
-- is "correct horse". Reads, edits, inserts, deletes, new projects small and large, logins, sign-ups
-- and mistakes. Prints "MIX requests errors", errors being 5xx and broken connections.

local ffi = require("ffi")
ffi.cdef("int getpid(void); int kill(int, int);")
local SIGINT = 2
local thread

function setup(t)
	thread = t
end

local function headers(token, extra)
	local h = {["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json"}
	for k, v in pairs(extra or {}) do
		h[k] = v
	end
	return h
end

local function text(n, of)
	local s = {}
	for i = 1, of do
		s[i] = "This is sentence number " .. (n + i) .. ", and there are others."
	end
	return table.concat(s, " ")
end

function init(args)
	local token, project, first, last = args[1], args[2], tonumber(args[3]), tonumber(args[4])
	local email = args[5]
	limit, seen, bad = tonumber(args[6]), 0, 0
	math.randomseed(tonumber(args[7]))
	local mine = headers(token)
	local n = tonumber(args[7]) * 10000000

	local function audio()
		return "/audio/" .. math.random(first, last)
	end
	local function post(path, body, h)
		return wrk.format("POST", path, h or mine, body)
	end
	local function get(path)
		return wrk.format("GET", path, mine)
	end

	-- The frequency of each request, of 10,000.
	local kinds = {
		{4500, function() return get("/project/" .. project .. "/page/" .. math.random(1, 90)) end},
		{1000, function() return get("/project/" .. project) end},
		{500, function() return get("/project/?page=1") end},
		{1500, function() return get(audio()) end},
		{200, function() return get(audio() .. "/mp3_file") end},
		{1000, function()
			return post(audio(), string.format('{"text":"%s","speed":1}', text(n, 1)))
		end},
		{300, function()
			return post("/audio/", string.format(
				'{"project_id":%s,"index":-1,"text":"%s","speed":2}', project, text(n, 1)),
				headers(token, {["Idempotency-Key"] = "key-" .. n}))
		end},
		{100, function()
			return post("/audio/", string.format(
				'{"project_id":%s,"index":%d,"text":"%s","speed":150}',
				project, math.random(1, 500), text(n, 1)))
		end},
		{50, function() return wrk.format("DELETE", audio(), mine) end},
		{50, function() return post(audio() .. "/retry", "") end},
		{200, function() return get("/voices/") end},
		{100, function() return get("/healthz") end},
		{100, function() return get("/project/999999999") end},
		{100, function() return wrk.format("GET", audio(), headers("x" .. token)) end},
		{100, function() return post(audio(), '{"text":5,"speed":"fast","colour":1}') end},
		{100, function() return post(audio(), '{"text":"cut') end},
		{13, function()
			return post("/project/", string.format(
				'{"title":"t","sentences":"%s","language":"en"}', text(n, 50)))
		end},
		{2, function()
			return post("/project/", string.format(
				'{"title":"t","sentences":"%s","language":"en"}', text(n, 2500)))
		end},
		{8, function()
			return post("/login/", string.format(
				'{"email":"%s","password":"correct horse"}', email), headers(""))
		end},
		{2, function()
			return post("/signup/", string.format(
				'{"name":"n","email":"%d-%d@example.org","password":"correct horse"}',
				n, math.random(1, 2 ^ 30)), headers(""))
		end},
	}
	local total = 0
	for _, kind in ipairs(kinds) do
		total = total + kind[1]
	end
	function request()
		n = n + 1
		local at = math.random(1, total)
		for _, kind in ipairs(kinds) do
			at = at - kind[1]
			if at <= 0 then
				return kind[2]()
			end
		end
	end
end

function response(status)
	seen = seen + 1
	if status >= 500 then
		bad = bad + 1
	end
	if seen == limit then
		wrk.thread:stop()
		-- wrk itself sleeps until its time is over or it is interrupted.
		ffi.C.kill(ffi.C.getpid(), SIGINT)
	end
end

function done(summary)
	local e = summary.errors
	io.write(string.format("MIX %d %d\n", summary.requests,
		thread:get("bad") + e.connect + e.read + e.write + e.timeout))
end
