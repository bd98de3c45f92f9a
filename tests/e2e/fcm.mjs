// Stands in for the two services of Firebase Cloud Messaging, for tests: node fcm.mjs PORT LOG KEY, with the public
// key of the service account in the file KEY. It writes one line of JSON for each request to LOG.
//
//	POST /token                       an access token, if npm's jsonwebtoken verifies the assertion
//	POST /v1/projects/P/messages:send  is answered as was asked for
//	PUT /plan                         sets the answers to come, an array of [STATUS, BODY, RETRY-AFTER]; then all succeed
//	PUT /plan/token                   the same for access tokens, an array of [STATUS, BODY]
//
// "node fcm.mjs MESSAGE" writes the request that npm's firebase-admin makes of the message.
import { createServer } from 'node:http';
import { appendFileSync, readFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';

async function reference(message) {
	const { default: nock } = await import('nock');
	const { cert, initializeApp } = await import('firebase-admin/app');
	const { getMessaging } = await import('firebase-admin/messaging');
	const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
		publicKeyEncoding: { type: 'spki', format: 'pem' } });
	nock('https://accounts.google.com').post('/o/oauth2/token').reply(200, { access_token: 't', expires_in: 3600 });
	nock('https://oauth2.googleapis.com').post('/token').reply(200, { access_token: 't', expires_in: 3600 });
	nock('https://fcm.googleapis.com').post('/v1/projects/tts-test/messages:send').reply(200, function (path, body) {
		process.stdout.write(JSON.stringify({ path, type: this.req.headers['content-type'], body }));
		return { name: 'projects/tts-test/messages/1' };
	});
	initializeApp({ credential: cert({ projectId: 'tts-test', clientEmail: 'a@example.org', privateKey }) });
	await getMessaging().send(message);
	process.exit(0);
}

function serve(port, log, keyFile) {
	const key = readFileSync(keyFile);
	let plan = [], tokenPlan = [], tokens = 0;
	const write = (line) => appendFileSync(log, `${JSON.stringify(line)}\n`);

	// It ends with the test that started it.
	const parent = process.ppid;
	setInterval(() => process.ppid === parent || process.exit(), 300).unref();

	function giveToken(req, res, body) {
		const form = new URLSearchParams(body);
		const [status, answer] = tokenPlan.shift() ?? [200, {}];
		let claims, error = null;
		try {
			claims = jwt.verify(form.get('assertion'), key, { algorithms: ['RS256'], audience: 'https://oauth2.googleapis.com/token' });
			claims.kid = jwt.decode(form.get('assertion'), { complete: true }).header.kid;
		} catch (e) {
			error = e.message;
		}
		write({ what: 'token', grant: form.get('grant_type'), type: req.headers['content-type'], claims, error });
		if (error !== null || status !== 200) {
			res.writeHead(error === null ? status : 400, { 'content-type': 'application/json' });
			return res.end(JSON.stringify(error === null ? answer : { error: 'invalid_grant', error_description: error }));
		}
		// As long as those of Google.
		res.writeHead(200, { 'content-type': 'application/json' });
		return res.end(JSON.stringify({ access_token: `ya29.${++tokens}.${'x'.repeat(1500)}`, expires_in: 3600, token_type: 'Bearer', ...answer }));
	}

	function takeMessage(req, res, body) {
		const [status, answer, after] = plan.shift() ?? [200, { name: 'projects/tts-test/messages/1' }];
		const [, token] = /^Bearer ya29\.(\d+)\.x{1500}$/.exec(req.headers.authorization) ?? [];
		write({ what: 'message', path: req.url, token, type: req.headers['content-type'], body: JSON.parse(body) });
		res.writeHead(status, { 'content-type': 'application/json', ...(after ? { 'retry-after': after } : {}) });
		res.end(JSON.stringify(answer));
	}

	createServer((req, res) => {
		const chunks = [];
		req.on('data', (chunk) => chunks.push(chunk));
		req.on('end', () => {
			const body = Buffer.concat(chunks).toString();
			if (req.method === 'PUT') {
				if (req.url === '/plan/token')
					tokenPlan = JSON.parse(body);
				else
					plan = JSON.parse(body);
				return res.end();
			}
			return req.url === '/token' ? giveToken(req, res, body) : takeMessage(req, res, body);
		});
	}).listen(Number(port), '127.0.0.1');
}

if (process.argv.length === 3)
	await reference(JSON.parse(process.argv[2]));
else
	serve(...process.argv.slice(2));
