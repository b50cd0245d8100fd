// A wire to a server that can be cut and mended, so that a server is away without being stopped.
import { connect, createServer } from 'node:net';

export class Wire {
  /** A wire to the server at an address; `base` is the address at this end. */
  static async to(address) {
    const wire = new Wire();
    const far = new URL(address);
    wire.open = new Set();
    wire.server = createServer(near => {
      const other = connect(Number(far.port), far.hostname);
      for (const end of [near, other]) {
        wire.open.add(end);
        end.on('close', () => wire.open.delete(end));
        end.on('error', () => [near, other].forEach(each => each.destroy()));
      }
      near.pipe(other).pipe(near);
    });
    await wire.mend();
    wire.base = `${far.protocol}//127.0.0.1:${wire.port}`;
    return wire;
  }

  /** The server is there again. */
  async mend() {
    await new Promise(done => this.server.listen(this.port ?? 0, '127.0.0.1', done));
    this.port = this.server.address().port;
  }

  /** Connections end, and new ones are refused. */
  async cut() {
    const closed = new Promise(done => this.server.close(done));
    for (const end of this.open) end.destroy();
    await closed;
  }
}
