// Three requests to one worker of FastCGI, without nginx: node fastcgi.mjs SOCKET PID
// The worker is told to end when it has accepted the first and has it only in part, and the others wait in the socket.
// Prints how many answers each connection has got when the worker has ended.
import {readdirSync} from 'node:fs';
import {connect} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';

const [socket, pid] = process.argv.slice(2);
const BEGIN = 1, PARAMS = 4, STDIN = 5, END = 3;

function record(type, content) {
	const head = Buffer.from([1, type, 0, 1, content.length >> 8, content.length & 255, 0, 0]);
	return Buffer.concat([head, content]);
}

function params(all) {
	return Buffer.concat(Object.entries(all).map(([name, value]) =>
		Buffer.from([name.length, value.length, ...Buffer.from(name + value)])));
}

const begin = record(BEGIN, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0]));
const rest = Buffer.concat([record(PARAMS, params({REQUEST_METHOD: 'GET', DOCUMENT_URI: '/healthz'})),
	record(PARAMS, Buffer.alloc(0)), record(STDIN, Buffer.alloc(0))]);

async function client() {
	const c = connect(socket);
	c.got = Buffer.alloc(0);
	c.on('data', (data) => { c.got = Buffer.concat([c.got, data]); }).on('error', () => {});
	await new Promise((resolve) => c.on('connect', resolve));
	return c;
}

// Records of the kind that ends an answer.
function answers(got) {
	let n = 0;
	for (let i = 0; i + 8 <= got.length; i += 8 + got.readUInt16BE(i + 4) + got[i + 6])
		n += got[i + 1] === END;
	return n;
}

const there = () => { try { process.kill(pid, 0); return true; } catch { return false; } };
const open = () => readdirSync(`/proc/${pid}/fd`).length;
async function until(condition) {
	for (let i = 0; i < 1200; i++, await sleep(50))
		if (condition())
			return;
	throw new Error('not so in a minute');
}

// It answers, so it has begun; then it has as many files open as when it waits.
const first = await client();
first.write(Buffer.concat([begin, rest]));
await until(() => answers(first.got) === 1);
await sleep(200);
const idle = open();
const clients = [await client(), await client(), await client()];
clients[0].write(begin);
await until(() => open() > idle);
for (const c of clients.slice(1))
	c.write(Buffer.concat([begin, rest]));
process.kill(pid, 'SIGTERM');
clients[0].write(rest);
await until(() => !there());
await sleep(200);
console.log(JSON.stringify(clients.map((c) => answers(c.got))));
process.exit();
