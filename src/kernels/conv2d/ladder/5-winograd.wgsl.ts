/**
 * The three transforms of rung 5, whose header (5-winograd.ts) derives them. Each is its 1-D transform as a function,
 * applied along the columns of a tile and then along its rows. A thread does a tile of one channel, or of four where channels
 * come in fours: `Float` is then vec4f, and the text is the same. Neighbouring threads do neighbouring channels, so all
 * loads and stores are coalesced.
 *
 * U, V and M are stacks of 16 matrices: `plane` elements on, the next place of the tile.
 */
import { defineKernel, memoizeKernel, read, wgsl, workgroupNumber, write } from '../../../gpu/index.ts';
import { floats, type Width } from '../../vectors.ts';

export const THREADS = 64;
const builtins = '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32';
/** The thread's number, counted through rows of 65,535 workgroups. */
const threadNumber = wgsl`let id = ${workgroupNumber()} * ${THREADS}u + thread;`;

/** U[place] `[c, k]` = G·g·Gᵀ of weight `[3, 3, c, k]`. */
export const filterTransform = memoizeKernel((width: Width) =>
  defineKernel({
    name: `conv2d 5-winograd filter ${floats(width)}`,
    bindings: { weight: read(floats(width)), u: write(floats(width)) },
    /** Elements of one tap of the weight: c · k. */
    params: { row: 'u32', plane: 'u32' },
    workgroupSize: [THREADS],
    builtins,
    declarations: wgsl`
alias Float = ${floats(width)};
// G·g
fn transform(g0: Float, g1: Float, g2: Float) -> array<Float, 4> {
  return array(g0, 0.5 * (g0 + g1 + g2), 0.5 * (g0 - g1 + g2), g2);
}`,
    body: wgsl`
  ${threadNumber}
  if (id >= params.row) { return; }
  var columns: array<array<Float, 4>, 3>;
  for (var j = 0u; j < 3u; j++) {
    columns[j] = transform(
      weight[j * params.row + id],
      weight[(3u + j) * params.row + id],
      weight[(6u + j) * params.row + id]);
  }
  for (var i = 0u; i < 4u; i++) {
    let row = transform(columns[0][i], columns[1][i], columns[2][i]);
    for (var j = 0u; j < 4u; j++) { u[(i * 4u + j) * params.plane + id] = row[j]; }
  }`,
  }),
);

/** V[place] `[tiles, c]` = Bᵀ·d·B of the 4 × 4 pixels of x `[n, h, w, c]` under each 2 × 2 pixels of y. */
export const inputTransform = memoizeKernel((width: Width) =>
  defineKernel({
    name: `conv2d 5-winograd input ${floats(width)}`,
    bindings: { x: read(floats(width)), v: write(floats(width)) },
    params: {
      h: 'i32',
      w: 'i32',
      c: 'u32',
      padding: 'i32',
      tilesDown: 'u32',
      tilesAcross: 'u32',
      tiles: 'u32',
      plane: 'u32',
    },
    workgroupSize: [THREADS],
    builtins,
    declarations: wgsl`
alias Float = ${floats(width)};
// Bᵀ·d
fn transform(d0: Float, d1: Float, d2: Float, d3: Float) -> array<Float, 4> {
  return array(d0 - d2, d1 + d2, d2 - d1, d1 - d3);
}
fn load_x(image: i32, row: i32, column: i32, channel: u32) -> Float {
  let inside = u32(row) < u32(params.h) && u32(column) < u32(params.w);
  return select(Float(), x[u32((image * params.h + row) * params.w + column) * params.c + channel], inside);
}`,
    body: wgsl`
  ${threadNumber}
  let channel = id % params.c;
  let tile = id / params.c;
  if (tile >= params.tiles) { return; }
  let image = i32(tile / (params.tilesDown * params.tilesAcross));
  let top = 2 * i32(tile / params.tilesAcross % params.tilesDown) - params.padding;
  let left = 2 * i32(tile % params.tilesAcross) - params.padding;
  var columns: array<array<Float, 4>, 4>;
  for (var j = 0; j < 4; j++) {
    columns[j] = transform(
      load_x(image, top, left + j, channel),
      load_x(image, top + 1, left + j, channel),
      load_x(image, top + 2, left + j, channel),
      load_x(image, top + 3, left + j, channel));
  }
  for (var i = 0u; i < 4u; i++) {
    let row = transform(columns[0][i], columns[1][i], columns[2][i], columns[3][i]);
    for (var j = 0u; j < 4u; j++) { v[(i * 4u + j) * params.plane + id] = row[j]; }
  }`,
  }),
);

/** y `[n, oh, ow, k]` from Aᵀ·m·A of M[place] `[tiles, k]`; the last row or column of a tile may lie outside of y. */
export const outputTransform = memoizeKernel((width: Width) =>
  defineKernel({
    name: `conv2d 5-winograd output ${floats(width)}`,
    bindings: { m: read(floats(width)), y: write(floats(width)) },
    params: {
      oh: 'u32',
      ow: 'u32',
      k: 'u32',
      tilesDown: 'u32',
      tilesAcross: 'u32',
      tiles: 'u32',
      plane: 'u32',
    },
    workgroupSize: [THREADS],
    builtins,
    declarations: wgsl`
alias Float = ${floats(width)};
// Aᵀ·m
fn transform(m0: Float, m1: Float, m2: Float, m3: Float) -> array<Float, 2> {
  return array(m0 + m1 + m2, m1 - m2 - m3);
}`,
    body: wgsl`
  ${threadNumber}
  let channel = id % params.k;
  let tile = id / params.k;
  if (tile >= params.tiles) { return; }
  let image = tile / (params.tilesDown * params.tilesAcross);
  let top = 2u * (tile / params.tilesAcross % params.tilesDown);
  let left = 2u * (tile % params.tilesAcross);
  var columns: array<array<Float, 2>, 4>;
  for (var j = 0u; j < 4u; j++) {
    columns[j] = transform(
      m[j * params.plane + id],
      m[(4u + j) * params.plane + id],
      m[(8u + j) * params.plane + id],
      m[(12u + j) * params.plane + id]);
  }
  for (var i = 0u; i < 2u; i++) {
    let row = transform(columns[0][i], columns[1][i], columns[2][i], columns[3][i]);
    for (var j = 0u; j < 2u; j++) {
      if (top + i < params.oh && left + j < params.ow) {
        y[((image * params.oh + top + i) * params.ow + left + j) * params.k + channel] = row[j];
      }
    }
  }`,
  }),
);
