"use strict";
// A surface with one scalar and one displacement per point, drawn with WebGL 2. Nothing is fetched.
const VERTEX = `#version 300 es
in vec3 position; in vec3 shift; in float value;
uniform mat4 world; uniform float reach;
out vec3 place; out vec3 rest; out float shade;
void main() {
  vec3 moved = position + reach * shift;
  gl_Position = world * vec4(moved, 1.0);
  place = (mat3(world) * moved); rest = position; shade = value;
}`;
const FRAGMENT = `#version 300 es
precision highp float;
in vec3 place; in vec3 rest; in float shade;
uniform sampler2D colors; uniform vec2 span; uniform vec4 cut; uniform vec4 flat_color; uniform vec3 pixel;
out vec4 color;
void main() {
  if (dot(cut.xyz, rest) > cut.w) discard;
  if (flat_color.a > 0.0) { color = flat_color; return; }
  vec3 normal = normalize(cross(dFdx(place * pixel), dFdy(place * pixel)));
  float at = (shade - span.x) / max(span.y - span.x, 1e-9);
  vec3 base = at > 1.0005 ? vec3(0.91, 0.25, 0.72) : texture(colors, vec2(clamp(at, 0.002, 0.998), 0.5)).rgb;
  color = vec4(base * (0.62 + 0.38 * abs(normal.z)), 1.0);
}`;
const $ = (id) => document.getElementById(id);
const header = JSON.parse($("header").textContent);
const canvas = $("view");
const gl = canvas.getContext("webgl2", { antialias: true, preserveDrawingBuffer: true });
const state = { turn: -38, lift: 26, zoom: 1, pan: [0, 0], phase: 1, entry: null, scalar: null };

function say(text) {
  const message = document.createElement("p");
  message.className = "message";
  message.textContent = text;
  document.body.append(message);
}

async function unpack() {
  const packed = Uint8Array.from(atob($("data").textContent.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return await new Response(stream).arrayBuffer();
}

function number(value) {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  return Math.abs(value) >= 1e5 || Math.abs(value) < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}

function start(buffer) {
  const view = (kind, span) => new kind(buffer, span[0], span[1]);
  let mesh = null, positions, triangles, lines, faces, outline, count, still, blank, shifts, values;
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader));
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  gl.useProgram(program);
  const uniform = Object.fromEntries(["world", "reach", "colors", "span", "cut", "flat_color", "pixel"].map((name) => [name, gl.getUniformLocation(program, name)]));
  const upload = (target, data) => { const made = gl.createBuffer(); gl.bindBuffer(target, made); gl.bufferData(target, data, gl.STATIC_DRAW); return made; };
  const feed = (name, data, size, kind, normalised) => {
    const place = gl.getAttribLocation(program, name);
    if (place < 0) return;
    upload(gl.ARRAY_BUFFER, data);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, size, kind, normalised, 0, 0);
  };
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  const palette = Uint8Array.from(header.colors.flat());
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB, header.colors.length, 1, 0, gl.RGB, gl.UNSIGNED_BYTE, palette);
  for (const key of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, key, gl.NEAREST);
  for (const key of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, key, gl.CLAMP_TO_EDGE);

  function load(chosen) {
    if (mesh === chosen) return;
    mesh = chosen;
    [positions, triangles, lines] = [view(Float32Array, mesh.positions), view(Uint32Array, mesh.triangles), view(Uint32Array, mesh.lines)];
    feed("position", positions, 3, gl.FLOAT, false);
    [faces, outline] = [upload(gl.ELEMENT_ARRAY_BUFFER, triangles), upload(gl.ELEMENT_ARRAY_BUFFER, lines)];
    count = positions.length / 3;
    [still, blank] = [new Int16Array(3 * count), new Uint16Array(count)];
  }
  function choose() {
    state.entry = header.entries[$("case").selectedIndex];
    load(header.meshes[state.entry.mesh]);
    state.scalar = state.entry.scalars[Math.max($("quantity").selectedIndex, 0)] || null;
    shifts = state.entry.shift ? view(Int16Array, state.entry.shift.span) : still;
    values = state.scalar ? view(Uint16Array, state.scalar.span) : blank;
    feed("shift", shifts, 3, gl.SHORT, true);
    feed("value", values, 1, gl.UNSIGNED_SHORT, true);
    $("factor-row").hidden = $("animate-row").hidden = !state.entry.shift;
    legend();
    draw();
  }
  function fill() {
    $("quantity").replaceChildren(...state.entry.scalars.map((scalar) => new Option(scalar.title)));
    $("quantity-row").hidden = state.entry.scalars.length < 2;
  }
  const exaggerated = () => (state.entry.shift ? state.entry.shift.factor * Number($("factor").value) * state.phase : 0);
  const reach = () => (state.entry.shift ? exaggerated() * state.entry.shift.largest : 0);

  function world() {
    const [a, e] = [state.turn * Math.PI / 180, state.lift * Math.PI / 180];
    const [ca, sa, ce, se] = [Math.cos(a), Math.sin(a), Math.cos(e), Math.sin(e)];
    const stand = header.up === "y" ? ([x, y, z]) => [x, z, -y] : (vector) => vector;
    const right = stand([ca, sa, 0]), up = stand([-sa * se, ca * se, ce]), toward = stand([sa * ce, -ca * ce, se]);
    const size = 2 * state.zoom / mesh.size, wide = size * canvas.height / canvas.width, deep = -0.5 / mesh.size / Math.max(1, 1 / state.zoom);
    return new Float32Array([
      right[0] * wide, up[0] * size, toward[0] * deep, 0,
      right[1] * wide, up[1] * size, toward[1] * deep, 0,
      right[2] * wide, up[2] * size, toward[2] * deep, 0,
      state.pan[0], state.pan[1], 0, 1]);
  }
  function cutting() {
    const axis = $("axis").value, plane = [0, 0, 0, 1e30];
    if (axis === "") return plane;
    plane[axis] = 1;
    plane[3] = mesh.bounds[0][axis] + (mesh.bounds[1][axis] - mesh.bounds[0][axis]) * Number($("cut").value);
    return plane;
  }
  function draw() {
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(canvas.clientWidth * ratio);
    canvas.height = Math.round(canvas.clientHeight * ratio);
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clearColor(1, 1, 1, 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.enable(gl.DEPTH_TEST);
    gl.enable(gl.POLYGON_OFFSET_FILL);
    gl.polygonOffset(1, 1);
    const matrix = world(), plane = cutting(), axis = $("axis").value;
    $("cut-text").value = axis === "" ? "" : ` at ${number(plane[3] + mesh.center[axis])} mm`;
    gl.uniformMatrix4fv(uniform.world, false, matrix);
    gl.uniform4fv(uniform.cut, plane);
    gl.uniform3f(uniform.pixel, canvas.width / 2, canvas.height / 2, -canvas.width / 2 / (0.5 / mesh.size / Math.max(1, 1 / state.zoom)) * (2 * state.zoom / mesh.size * canvas.height / canvas.width));
    gl.uniform2f(uniform.span, state.scalar ? state.scalar.shown[0] : 0, state.scalar ? state.scalar.shown[1] : 1);
    gl.uniform4f(uniform.flat_color, 0, 0, 0, 0);
    gl.uniform1f(uniform.reach, reach());
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, faces);
    gl.drawElements(gl.TRIANGLES, triangles.length, gl.UNSIGNED_INT, 0);
    if ($("edges").checked) {
      gl.uniform4f(uniform.flat_color, 0.35, 0.4, 0.46, 1);
      gl.uniform1f(uniform.reach, 0);
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, outline);
      gl.drawElements(gl.LINES, lines.length, gl.UNSIGNED_INT, 0);
    }
    $("factor-text").value = number(state.entry.shift ? state.entry.shift.factor * Number($("factor").value) : 0);
  }
  function legend() {
    const title = $("legend-title"), body = $("legend-body");
    body.replaceChildren();
    title.textContent = state.scalar ? state.scalar.title : "";
    if (header.parts.length) {
      const list = document.createElement("ul");
      list.className = "parts";
      header.parts.forEach((name, index) => {
        const item = document.createElement("li"), mark = document.createElement("i");
        mark.style.background = `rgb(${header.colors[index % header.colors.length].join(",")})`;
        item.append(name, mark);
        list.append(item);
      });
      body.append(list);
    } else if (state.scalar) {
      const scale = document.createElement("div"), strip = document.createElement("canvas"), ticks = document.createElement("ol");
      scale.className = "scale";
      [strip.width, strip.height] = [1, header.colors.length];
      const context = strip.getContext("2d");
      header.colors.forEach((color, index) => { context.fillStyle = `rgb(${color.join(",")})`; context.fillRect(0, header.colors.length - 1 - index, 1, 1); });
      const [low, high] = state.scalar.range;
      for (let step = 5; step >= 0; step--) {
        const tick = document.createElement("li"), share = state.scalar.shown[0] + (state.scalar.shown[1] - state.scalar.shown[0]) * step / 5;
        tick.textContent = number(low + (high - low) * share);
        ticks.append(tick);
      }
      scale.append(ticks, strip);
      body.append(scale);
      const note = document.createElement("div");
      note.textContent = `${state.scalar.shown[1] < 0.999 ? "pink: beyond; " : ""}largest ${number(state.scalar.largest)}`;
      body.append(note);
    }
  }
  // The face under the pointer that lies nearest to the eye; of its corners the nearest to the pointer.
  function under(x, y) {
    const matrix = world(), far = reach() / 32767, seen = new Float64Array(3 * count);
    for (let point = 0; point < count; point++) {
      const p = [0, 1, 2].map((axis) => positions[3 * point + axis] + far * shifts[3 * point + axis]);
      const [u, v, w] = [0, 1, 2].map((row) => matrix[row] * p[0] + matrix[4 + row] * p[1] + matrix[8 + row] * p[2] + matrix[12 + row]);
      seen.set([(u + 1) / 2 * canvas.clientWidth - x, (1 - v) / 2 * canvas.clientHeight - y, w], 3 * point);
    }
    let best = -1, depth = Infinity;
    const plane = cutting();
    for (let start = 0; start < triangles.length; start += 3) {
      const [a, b, c] = [0, 1, 2].map((corner) => triangles[start + corner]);
      const [ax, ay, bx, by, cx, cy] = [seen[3 * a], seen[3 * a + 1], seen[3 * b], seen[3 * b + 1], seen[3 * c], seen[3 * c + 1]];
      const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
      const shares = [(bx * cy - cx * by) / area, (cx * ay - ax * cy) / area, (ax * by - bx * ay) / area];
      if (!(Math.min(...shares) >= 0)) continue;
      const corners = [a, b, c], mix = (values, axis) => shares.reduce((sum, share, corner) => sum + share * values[3 * corners[corner] + axis], 0);
      if ([0, 1, 2].reduce((sum, axis) => sum + plane[axis] * mix(positions, axis), 0) > plane[3]) continue;
      const at = mix(seen, 2);
      if (at < depth) [depth, best] = [at, corners.reduce((near, point) => (Math.hypot(seen[3 * point], seen[3 * point + 1]) < Math.hypot(seen[3 * near], seen[3 * near + 1]) ? point : near))];
    }
    return best;
  }
  function pick(x, y) {
    const best = under(x, y);
    if (best < 0) { $("readout").textContent = ""; return; }
    const at = [0, 1, 2].map((axis) => number(positions[3 * best + axis] + mesh.center[axis]));
    const rows = [`at ${at.join(", ")} mm`];
    if (header.parts.length) rows.push(header.parts[Math.round(values[best] / 65535 * header.colors.length - 0.5)]);
    else if (state.scalar) {
      const [low, high] = state.scalar.range;
      rows.push(`${state.scalar.title}: ${number(low + (high - low) * values[best] / 65535)}`);
    }
    if (state.entry.shift && state.entry.shift.unit) {
      const moved = [0, 1, 2].map((axis) => number(shifts[3 * best + axis] / 32767 * state.entry.shift.largest));
      rows.push(`moves by ${moved.join(", ")} ${state.entry.shift.unit}`);
    }
    $("readout").textContent = rows.join("\n");
  }

  let held = null;
  canvas.addEventListener("pointerdown", (event) => { held = { x: event.clientX, y: event.clientY, moved: 0, pan: event.shiftKey || event.button === 2 }; canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
    [held.x, held.y, held.moved] = [event.clientX, event.clientY, held.moved + Math.abs(dx) + Math.abs(dy)];
    if (held.pan) state.pan = [state.pan[0] + 2 * dx / canvas.clientWidth, state.pan[1] - 2 * dy / canvas.clientHeight];
    else { state.turn -= dx * 0.4; state.lift = Math.max(-90, Math.min(90, state.lift + dy * 0.4)); }
    draw();
  });
  canvas.addEventListener("pointerup", (event) => { if (held && held.moved < 4) pick(event.clientX, event.clientY); held = null; });
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  const zoom = (factor) => { state.zoom = Math.max(0.2, Math.min(200, state.zoom * factor)); state.pan = state.pan.map((part) => part * factor); draw(); };
  canvas.addEventListener("wheel", (event) => { event.preventDefault(); zoom(Math.exp(-event.deltaY * 0.0015)); }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [5, 0], ArrowRight: [-5, 0], ArrowUp: [0, 5], ArrowDown: [0, -5] }[event.key];
    if (step) { state.turn += step[0]; state.lift = Math.max(-90, Math.min(90, state.lift + step[1])); draw(); event.preventDefault(); }
    if (event.key === "+") zoom(1.2);
    if (event.key === "-") zoom(1 / 1.2);
  });
  function play(time) {
    if (!$("animate").checked) { state.phase = 1; draw(); return; }
    state.phase = Math.sin(time / 350);
    draw();
    requestAnimationFrame(play);
  }
  $("animate").addEventListener("change", () => requestAnimationFrame(play));
  $("case").addEventListener("change", () => { state.entry = header.entries[$("case").selectedIndex]; fill(); choose(); });
  $("quantity").addEventListener("change", choose);
  for (const id of ["factor", "edges", "axis", "cut"]) $(id).addEventListener("input", draw);
  for (const button of document.querySelectorAll("#views button")) button.addEventListener("click", () => {
    [state.turn, state.lift] = button.dataset.view.split(" ").map(Number);
    [state.zoom, state.pan] = [1, [0, 0]];
    draw();
  });
  $("panel").addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("resize", draw);
  $("case").replaceChildren(...header.entries.map((entry) => new Option(entry.name)));
  $("case-row").hidden = header.entries.length < 2;
  $("case").selectedIndex = header.start;
  state.entry = header.entries[header.start];
  if (header.up === "y") ["oblique", "from z", "from x", "from y"].forEach((text, index) => { document.querySelectorAll("#views button")[index].textContent = text; });
  fill();
  choose();
  document.body.dataset.drawn = String(triangles.length / 3);
}

if (!gl) say("This browser offers no WebGL 2, which this page draws with.");
else unpack().then(start).catch((error) => say(`The page cannot be drawn: ${error.message}`));
