// What the stand-ins for services of the pipeline have in common. Beside the routes of its service, each has:
//
//	POST /plan    sets the plan: an object with some of
//	                next: [ANSWER…]   for the next requests that cost; then the usual answer
//	                ask: [ANSWER…]    for the next questions
//	                key: the only key that is accepted ("": any, and none)
//	                and what the service itself looks at
//	GET /paid     what it was paid for: {total, twice, by: {NAME: times}}; NAME tells one order from another
//	GET /log      the requests, newest last: [{method, path, headers, body}]
//	POST /reset   forgets all of that
//
// An ANSWER is an object with status, headers, body (an object, or text), and perhaps paid: true (the order is taken
// and paid for nevertheless), called: true (and its callback is made a moment later), and how:
//
//	close (the connection ends without an answer), hang, half (the answer ends in the middle), endless
//
// Files are at /file/WHAT: ok, html, endless, redirect, half, hang, gone, empty.
import { createServer } from 'node:http';

// It ends with the test that started it, or with the process WATCH.
const parent = process.ppid;

function over() {
	if (!process.env.WATCH)
		return process.ppid !== parent;
	try {
		return !process.kill(process.env.WATCH, 0);
	} catch {
		return true;
	}
}
setInterval(() => over() && process.exit(), 300).unref();

export function json(res, status, body, headers = {}) {
	res.writeHead(status, { 'content-type': 'application/json', ...headers });
	res.end(JSON.stringify(body));
}

function endless(res, piece) {
	const more = () => { while (!res.destroyed && res.write(piece)); };
	res.on('drain', more);
	more();
}

function planned(res, answer) {
	const body = typeof answer.body === 'object' ? JSON.stringify(answer.body) : answer.body ?? '';
	const type = typeof answer.body === 'object' ? 'application/json' : 'text/html';
	switch (answer.how) {
	case 'hang':
		return;
	case 'close':
		res.socket.destroy();
		return;
	case 'half':
		res.writeHead(answer.status ?? 200, { 'content-type': 'application/json', 'content-length': 1000 });
		res.write('{"id":');
		setTimeout(() => res.socket.destroy(), 50);
		return;
	case 'endless':
		res.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
		endless(res, Buffer.alloc(65536, ' '));
		return;
	default:
		res.writeHead(answer.status, { 'content-type': type, ...answer.headers });
		res.end(body);
	}
}

// A second of silence: frames of MPEG 1 layer III, 128 kbit/s, 44.1 kHz, mono.
export function mp3(seconds) {
	const frame = Buffer.alloc(417);
	frame.set([0xff, 0xfb, 0x90, 0xc4]);
	return Buffer.concat(Array(Math.ceil(seconds * 44100 / 1152)).fill(frame));
}

// As much of a film as tells its length.
export function mp4(seconds) {
	const box = (type, ...parts) => {
		const contents = Buffer.concat(parts), head = Buffer.alloc(8);
		head.writeUInt32BE(contents.length + 8);
		head.write(type, 4, 'latin1');
		return Buffer.concat([head, contents]);
	};
	const header = Buffer.alloc(100);
	header.writeUInt32BE(1000, 12);
	header.writeUInt32BE(Math.round(seconds * 1000), 16);
	return Buffer.concat([box('ftyp', Buffer.from('isom\0\0\0\0isommp42')), box('moov', box('mvhd', header)), box('mdat', Buffer.alloc(5000, 7))]);
}

function file(req, res, what, data, type) {
	switch (what) {
	case 'html':
		res.writeHead(200, { 'content-type': type });
		return res.end(`<!doctype html><title>Sign in</title>${'<p>Please sign in.</p>'.repeat(500)}`);
	case 'endless':
		res.writeHead(200, { 'content-type': type });
		res.write(data);
		return endless(res, data);
	case 'redirect':
		res.writeHead(302, { location: '/file/ok' });
		return res.end();
	case 'half':
		res.writeHead(200, { 'content-type': type, 'content-length': data.length });
		res.write(data.subarray(0, data.length / 2));
		return setTimeout(() => res.socket.destroy(), 50);
	case 'hang':
		return undefined;
	case 'gone':
		res.writeHead(404);
		return res.end();
	case 'empty':
		res.writeHead(200, { 'content-type': type });
		return res.end();
	default:
		res.writeHead(200, { 'content-type': type, 'content-length': data.length });
		return res.end(data);
	}
}

// serve(PORT, {name, keyOf, unauthorized, route, file, type}): route(req, res, path, body, service) answers the service's
// own requests and calls service.pay(NAME) for each order it takes.
export function serve(port, kind) {
	const service = { plan: {}, paid: {}, log: [], origin: `http://127.0.0.1:${port}`, pay(name) { this.paid[name] = (this.paid[name] ?? 0) + 1; } };

	function own(req, res, body) {
		switch (req.url) {
		case '/plan':
			service.plan = { ...service.plan, ...JSON.parse(body) };
			return json(res, 200, {});
		case '/reset':
			Object.assign(service, { plan: {}, paid: {}, log: [] });
			kind.reset?.();
			return json(res, 200, {});
		case '/paid': {
			const times = Object.values(service.paid);
			return json(res, 200, { total: times.reduce((a, b) => a + b, 0), twice: times.filter((n) => n > 1).length, by: service.paid });
		}
		default:
			return json(res, 200, service.log);
		}
	}

	createServer((req, res) => {
		const chunks = [];
		res.on('error', () => {});
		req.on('data', (chunk) => chunks.push(chunk));
		req.on('end', () => {
			const body = Buffer.concat(chunks).toString(), path = req.url.split('?')[0];
			if (/^\/(plan|reset|paid|log)$/.test(path))
				return own(req, res, body);
			if (path.startsWith('/file/')) {
				service.log.push({ method: req.method, path: req.url, headers: req.headers });
				return file(req, res, path.split('/')[2], kind.file(), kind.type);
			}
			let parsed = null;
			try {
				parsed = body === '' ? null : JSON.parse(body);
			} catch {
				return json(res, 400, { error: { message: 'the body is not JSON' } });
			}
			service.log.push({ method: req.method, path: req.url, headers: req.headers, body: parsed });
			if (service.plan.key && req.headers.authorization !== `Bearer ${service.plan.key}`)
				return kind.unauthorized(res);
			const answer = (kind.costs(req.method, path) ? service.plan.next : service.plan.ask)?.shift();
			if (answer?.paid) {
				const order = kind.take(parsed, service);
				if (answer.called)
					setTimeout(() => kind.call(order), 1000);
			}
			return answer ? planned(res, answer) : kind.route(req, res, path, parsed, service);
		});
	}).listen(Number(port), '127.0.0.1');
	return service;
}
