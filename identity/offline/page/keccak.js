// Keccak-256 as Ethereum uses it: Keccak-f[1600], rate 1088, padding 0x01 (not SHA-3's 0x06).
// Each lane of 64 bits is two words of 32: low at 2i, high at 2i + 1.

const RATE_BYTES = 136;
const [ROUNDS, ROTATIONS] = keccakConstants();

// The round constants come from the LFSR x^8 + x^6 + x^5 + x^4 + 1, the rotations from the lanes' order in pi
// (The Keccak reference, §1.2).
function keccakConstants() {
  const rounds = [];
  let state = 1;
  for (let round = 0; round < 24; round++) {
    const words = [0, 0];
    for (let j = 0; j < 7; j++) {
      const bit = (1 << j) - 1;
      if (state & 1) words[bit >> 5] |= 1 << (bit & 31);
      state = state & 0x80 ? ((state << 1) ^ 0x171) & 0xff : state << 1;
    }
    rounds.push(words);
  }
  const rotations = [];
  let [x, y] = [1, 0];
  for (let t = 0; t < 24; t++) {
    rotations.push([x + 5 * y, (((t + 1) * (t + 2)) / 2) % 64]);
    [x, y] = [y, (2 * x + 3 * y) % 5];
  }
  return [rounds, rotations];
}

function permute(lanes) {
  const columns = new Int32Array(10);
  const moved = new Int32Array(50);
  for (const [low, high] of ROUNDS) {
    for (let i = 0; i < 10; i++) {
      columns[i] = lanes[i] ^ lanes[i + 10] ^ lanes[i + 20] ^ lanes[i + 30] ^ lanes[i + 40];
    }
    for (let x = 0; x < 5; x++) {
      const before = 2 * ((x + 4) % 5);
      const after = 2 * ((x + 1) % 5);
      const mixedLow = columns[before] ^ ((columns[after] << 1) | (columns[after + 1] >>> 31));
      const mixedHigh = columns[before + 1] ^ ((columns[after + 1] << 1) | (columns[after] >>> 31));
      for (let i = 2 * x; i < 50; i += 10) {
        lanes[i] ^= mixedLow;
        lanes[i + 1] ^= mixedHigh;
      }
    }
    moved[0] = lanes[0];
    moved[1] = lanes[1];
    for (const [from, by] of ROTATIONS) {
      const [x, y] = [from % 5, Math.floor(from / 5)];
      rotateInto(moved, y + 5 * ((2 * x + 3 * y) % 5), lanes[2 * from], lanes[2 * from + 1], by);
    }
    for (let row = 0; row < 50; row += 10) {
      for (let i = 0; i < 10; i++) {
        lanes[row + i] = moved[row + i] ^ (~moved[row + ((i + 2) % 10)] & moved[row + ((i + 4) % 10)]);
      }
    }
    lanes[0] ^= low;
    lanes[1] ^= high;
  }
}

function rotateInto(target, lane, low, high, by) {
  if (by >= 32) [low, high, by] = [high, low, by - 32];
  target[2 * lane] = by ? (low << by) | (high >>> (32 - by)) : low;
  target[2 * lane + 1] = by ? (high << by) | (low >>> (32 - by)) : high;
}

function keccak(data) {
  const padded = new Uint8Array((Math.floor(data.length / RATE_BYTES) + 1) * RATE_BYTES);
  padded.set(data);
  padded[data.length] = 0x01;
  padded[padded.length - 1] |= 0x80;
  const words = new DataView(padded.buffer);
  const lanes = new Int32Array(50);
  for (let start = 0; start < padded.length; start += RATE_BYTES) {
    for (let i = 0; i < RATE_BYTES / 4; i++) lanes[i] ^= words.getInt32(start + 4 * i, true);
    permute(lanes);
  }
  const digest = new DataView(new ArrayBuffer(32));
  for (let i = 0; i < 8; i++) digest.setInt32(4 * i, lanes[i], true);
  return new Uint8Array(digest.buffer);
}
