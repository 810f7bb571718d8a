// A front end of the classic three-step direct upload: start, form, finish. Plain fetch, no library.
// config.js sets `window.config = {backend, key}`.
"use strict";

const call = async (path, body) => {
  const response = await fetch(`${window.config.backend}/api/upload/direct/${path}/`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${window.config.key}` },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${answer.detail}`);
  return answer;
};

const upload = async (file) => {
  const { id, url, fields } = await call("start", { file_name: file.name, file_type: file.type });

  const form = new FormData();
  for (const name in fields) form.append(name, fields[name]);
  form.append("file", file);
  const stored = await fetch(url, { method: "POST", body: form });
  if (!stored.ok) throw new Error(`store: ${stored.status} ${await stored.text()}`);

  return call("finish", { file_id: id });
};

const show = (state, text) => {
  const status = document.getElementById("status");
  status.textContent = text;
  status.dataset.state = state;
};

document.getElementById("upload").addEventListener("submit", async (event) => {
  event.preventDefault();
  show("busy", "Uploading ...");
  try {
    const { id } = await upload(document.getElementById("file").files[0]);
    show("done", id);
  } catch (error) {
    show("failed", String(error));
  }
});
