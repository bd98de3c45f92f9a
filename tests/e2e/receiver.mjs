// A receiver of webhooks, for tests: node receiver.mjs PORT LOG. It writes one line of JSON for each request to
// LOG, verified by the libraries that receivers use with the secrets of /secret, and answers as its path says:
//
//	/ok  /status/N[/retry/SEC]  /hang  /drip  /close  /huge  /garbage  /longline  /redirect
//
// PUT /secret sets the secrets that are tried (a JSON array).
import { createServer } from 'node:http';
import { appendFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';
import { Webhook as Svix } from 'svix';

const [port, log] = process.argv.slice(2);

// It ends with the test that started it.
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(), 300).unref();
let secrets = [];
let open = 0, most = 0;

function verified(Kind, secret, body, headers) {
	try {
		new Kind(secret).verify(body, headers);
		return true;
	} catch {
		return false;
	}
}

function answer(req, res, path) {
	const [, what, status, , after] = path.split('/');
	switch (what) {
	case 'hang':
		return;
	case 'drip':
		res.writeHead(500);
		setInterval(() => res.write('x'), 500).unref();
		return;
	case 'dripheaders':
		req.socket.write('HTTP/1.1 200 OK\r\n');
		setInterval(() => req.socket.writable && req.socket.write('x: y\r\n'), 500).unref();
		return;
	case 'close':
		req.socket.destroy();
		return;
	case 'huge': {
		res.writeHead(500, { 'content-length': 1e9 });
		const piece = Buffer.alloc(65536, 'a');
		const more = () => { while (!res.destroyed && res.write(piece)); };
		res.on('drain', more);
		more();
		return;
	}
	case 'garbage':
		return req.socket.end('what is this\r\n\r\n');
	case 'longline':
		return req.socket.end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(200000)}\r\n\r\n`);
	case 'redirect':
		res.writeHead(301, { location: '/ok' });
		return res.end();
	case 'slow':
		return setTimeout(() => res.end('slow'), 1000);
	case 'status':
		res.writeHead(Number(status), after ? { 'retry-after': after } : {});
		return res.end(`an answer of ${status}`);
	default:
		return res.end('thanks');
	}
}

createServer((req, res) => {
	const chunks = [];
	open++;
	most = Math.max(most, open);
	res.on('close', () => open--);
	req.on('data', (chunk) => chunks.push(chunk));
	req.on('end', () => {
		const body = Buffer.concat(chunks).toString();
		if (req.method === 'PUT') {
			secrets = JSON.parse(body);
			most = 0;
			return res.end();
		}
		const svix = Object.fromEntries(['id', 'timestamp', 'signature'].map((n) => [`svix-${n}`, req.headers[`webhook-${n}`]]));
		appendFileSync(log, `${JSON.stringify({
			path: req.url, id: req.headers['webhook-id'], signatures: req.headers['webhook-signature']?.split(' ').length,
			standard: secrets.map((s) => verified(Webhook, s, body, req.headers)),
			svix: secrets.map((s) => verified(Svix, s, body, svix)),
			type: req.headers['content-type'], agent: req.headers['user-agent'], port: req.socket.remotePort, most,
			body: JSON.parse(body),
		})}\n`);
		answer(req, res, req.url);
	});
}).listen(Number(port), '::');
