// Read files over and over, whole and in parts, until standard input ends:   reader.mjs URL CONNECTIONS LIST
// LIST has lines "PATH FILE": each answer has to be what FILE had at the start, with the same ETag and Last-Modified
// every time. Prints {"reads", "wrong", "first"}: how many answers, how many wrong ones, and what the first was.
import fs from 'node:fs';
import http from 'node:http';
import readline from 'node:readline';

const [url, connections, list] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: Number(connections) });
const files = fs.readFileSync(list, 'utf8').trim().split('\n').map((line) => {
	const [path, file] = line.split(' ');
	return { path, bytes: fs.readFileSync(file) };
});
const result = { reads: 0, wrong: 0, first: '' };
let stopped = false;

const get = (path, headers) => new Promise((done) => {
	const request = http.get(url + path, { agent, headers }, (answer) => {
		const pieces = [];
		answer.on('data', (piece) => pieces.push(piece));
		answer.on('error', (error) => done({ status: String(error), headers: {}, body: Buffer.alloc(0) }));
		answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(pieces) }));
	});
	request.on('error', (error) => done({ status: String(error), headers: {}, body: Buffer.alloc(0) }));
});

// What is wrong with the answer; nothing if it is right.
const judge = (file, answer, begin, end) => {
	const { etag, 'last-modified': date } = answer.headers;
	if (answer.status !== (begin === undefined ? 200 : 206)) return `status ${answer.status}`;
	if (!answer.body.equals(file.bytes.subarray(begin ?? 0, end))) return `body of ${answer.body.length} bytes`;
	file.etag ??= etag;
	file.date ??= date;
	if (!etag || etag !== file.etag) return `ETag ${etag}, was ${file.etag}`;
	if (!date || date !== file.date) return `Last-Modified ${date}, was ${file.date}`;
	return '';
};

const reader = async () => {
	while (!stopped) {
		const file = files[Math.floor(Math.random() * files.length)];
		const begin = Math.random() < 0.5 ? undefined : Math.floor(Math.random() * (file.bytes.length - 1));
		const end = begin === undefined ? file.bytes.length : begin + 1 + Math.floor(Math.random() * (file.bytes.length - begin - 1));
		const answer = await get(file.path, begin === undefined ? {} : { Range: `bytes=${begin}-${end - 1}` });
		const wrong = judge(file, answer, begin, end);
		result.reads++;
		if (wrong) {
			result.wrong++;
			result.first ||= `${file.path}: ${wrong}`;
		}
	}
};

readline.createInterface({ input: process.stdin }).on('close', () => { stopped = true; });
await Promise.all(Array.from({ length: Number(connections) }, reader));
agent.destroy();
console.log(JSON.stringify(result));
