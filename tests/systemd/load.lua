-- For wrk: edits and pages of one project, with a connection for each request, so that no request is
-- sent on a connection that nginx is just closing. From the environment: TOKEN, PROJECT, AUDIO.
local headers = {
	["Authorization"] = "Bearer " .. os.getenv("TOKEN"),
	["Content-Type"] = "application/json",
	["Connection"] = "close",
}
local threads = {}
local n = 0
failed = "" -- what was answered instead of 2xx, of each thread

function setup(thread)
	table.insert(threads, thread)
end

function response(status, _, body)
	if (status < 200 or status > 299) and #failed < 4000 then
		failed = failed .. os.date("%H:%M:%S ") .. status .. " " .. body .. "\n"
	end
end

function request()
	n = n + 1
	if n % 10 == 0 then
		return wrk.format("POST", "/audio/" .. os.getenv("AUDIO"), headers,
			'{"text":"Edit number ' .. n .. '.","speed":1}')
	end
	return wrk.format("GET", "/project/" .. os.getenv("PROJECT") .. "/page/1", headers)
end

function done(summary, latency, requests)
	local e = summary.errors
	for _, thread in ipairs(threads) do
		io.write(thread:get("failed"))
	end
	io.write(string.format("RESULT %d requests, %d failed, %d not connected, %d not read, %d not written, %d late\n",
		summary.requests, e.status, e.connect, e.read, e.write, e.timeout))
end
