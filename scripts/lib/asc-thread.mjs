// A worker thread that compiles AssemblyScript files: the compiler warms up once for many files.
import { parentPort } from 'node:worker_threads';
import asc from 'assemblyscript/asc';

parentPort.on('message', async ({ id, args }) => {
  const text = [];
  const sink = {
    write(chunk) {
      text.push(String(chunk));
      return true;
    },
  };
  try {
    const { error } = await asc.main(args, { stdout: sink, stderr: sink });
    if (error) text.push(`ERROR ${error.message}`);
  } catch (error) {
    text.push(`ERROR ${error.stack}`);
  }
  parentPort.postMessage({
    id,
    problem: text
      .join('')
      .replace(/^Last converge was suboptimal\.\s*/m, '')
      .trim(),
  });
});
