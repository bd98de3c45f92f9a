-- wrk's side of tests/faults/tier_load.sh: wrk … -s tier_load.lua URL -- FILE
--
-- Asks for the paths in FILE at random, half of them whole. Nothing of an answer is taken on trust but its ETag, which
-- has the size and the time of the file: these tell what the contents and Last-Modified have to be. Prints "READS all
-- parts wrong errors" and the first wrong answers.

local paths, threads, contents = {}, {}, {}
reads, parts, wrong, first = 0, 0, 0, ""

function setup(thread)
	table.insert(threads, thread)
end

function init(args)
	math.randomseed(tonumber(tostring({}):match("0x(%x+)"), 16) % 2 ^ 31)
	for path in io.lines(args[1]) do
		table.insert(paths, path)
	end
end

function request()
	local path = paths[math.random(#paths)]
	if math.random() < 0.5 then
		return wrk.format("GET", path)
	end
	local from = math.random(0, 3999)
	return wrk.format("GET", path, {["Range"] = "bytes=" .. from .. "-" .. math.random(from, 3999)})
end

-- What a file of this size contains.
local function content(size)
	if not contents[size] then
		local line = string.format("%015d\n", size)
		contents[size] = line:rep(math.ceil(size / #line)):sub(1, size)
	end
	return contents[size]
end

local function header(headers, name)
	for key, value in pairs(headers) do
		if key:lower() == name then
			return value
		end
	end
	return ""
end

local function judge(status, headers, body)
	local time, size = header(headers, "etag"):match('^"(%x+)-(%x+)"$')
	if not time then
		return "ETag " .. header(headers, "etag")
	end
	time, size = tonumber(time, 16), tonumber(size, 16)
	if time ~= 1700000000 + size then
		return "ETag " .. header(headers, "etag")
	end
	if header(headers, "last-modified") ~= os.date("!%a, %d %b %Y %H:%M:%S GMT", time) then
		return "Last-Modified " .. header(headers, "last-modified")
	end
	local wanted = content(size)
	if status == 206 then
		local from, to, all = header(headers, "content-range"):match("^bytes (%d+)-(%d+)/(%d+)$")
		if not from or tonumber(all) ~= size then
			return "Content-Range " .. header(headers, "content-range")
		end
		wanted = wanted:sub(from + 1, to + 1)
	end
	if body ~= wanted then
		return "a body of " .. #body .. " bytes instead of " .. #wanted
	end
end

function response(status, headers, body)
	local why = "status " .. status
	reads = reads + 1
	if status == 206 then
		parts = parts + 1
	end
	if status == 200 or status == 206 then
		why = judge(status, headers, body)
	end
	if why then
		wrong = wrong + 1
		first = first == "" and why or first
	end
end

function done(summary)
	local all = {reads = 0, parts = 0, wrong = 0}
	local e = summary.errors
	for _, thread in ipairs(threads) do
		for name in pairs(all) do
			all[name] = all[name] + thread:get(name)
		end
		if thread:get("first") ~= "" then
			print(thread:get("first"))
		end
	end
	print(string.format("READS %d %d %d %d", all.reads, all.parts, all.wrong,
		e.connect + e.read + e.write + e.timeout))
end
