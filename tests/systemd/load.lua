-- For wrk: edits and pages of one project, with a connection for each request, so that no request is
-- sent on a connection that nginx is just closing. From the environment: TOKEN, PROJECT, AUDIO.
local headers = {
	["Authorization"] = "Bearer " .. os.getenv("TOKEN"),
	["Content-Type"] = "application/json",
	["Connection"] = "close",
}
local n = 0

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
	io.write(string.format("RESULT %d requests, %d failed, %d not connected, %d not read, %d not written, %d late\n",
		summary.requests, e.status, e.connect, e.read, e.write, e.timeout))
end
