/* Shows the document to people. */
'use strict';
const make = (name, text, ...children) => {
  const node = document.createElement(name);
  if (text) node.textContent = text;
  node.append(...children);
  return node;
};
/* An example of a schema, in the form of JSON. */
const example = (api, schema, depth = 0) => {
  if (!schema || depth > 6) return null;
  if (schema.$ref) return example(api, api.components.schemas[schema.$ref.split('/').pop()], depth + 1);
  if ('example' in schema) return schema.example;
  if (schema.examples) return schema.examples[0];
  if (schema.enum) return schema.enum[0];
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map(part => example(api, part, depth + 1)));
  const one = (schema.oneOf || schema.anyOf || []).find(part => part.type !== 'null');
  if (one) return example(api, one, depth + 1);
  const type = [].concat(schema.type).find(type => type !== 'null');
  if (type === 'array') return [example(api, schema.items, depth + 1)];
  if (type === 'object') return Object.fromEntries(Object.entries(schema.properties || {}).map(
    ([name, part]) => [name, example(api, part, depth + 1)]));
  return { string: schema.format || 'text', integer: 1, number: 1, boolean: true }[type] ?? null;
};
const content = (api, all) => Object.entries(all || {}).map(([type, { schema }]) => {
  const shown = example(api, schema);
  return make('div', '', make('code', type),
    typeof shown === 'object' && shown ? make('pre', JSON.stringify(shown, null, 2)) : ' ' + (shown ?? ''));
});
const operation = (api, path, method, about) => {
  const rows = (about.parameters || []).map(one => make('tr', '', make('td', '', make('code', one.name)),
    make('td', one.in), make('td', one.description || '')));
  const answers = Object.entries(about.responses || {}).map(([status, one]) =>
    make('tr', '', make('td', status), make('td', one.description || ''),
      make('td', '', ...(status < '300' ? content(api, one.content) : []))));
  return make('details', '',
    make('summary', '', Object.assign(make('span', method.toUpperCase()), { className: 'method' }),
      make('code', path), ' — ' + (about.summary || '')),
    make('p', about.description || ''),
    ...(rows.length ? [make('h3', 'Parameters'), make('table', '', ...rows)] : []),
    ...(about.requestBody ? [make('h3', 'Body'), ...content(api, about.requestBody.content)] : []),
    make('h3', 'Answers'), make('table', '', ...answers));
};
const show = api => {
  document.getElementById('about').textContent = api.info.description;
  const groups = {};
  for (const [path, methods] of Object.entries(api.paths))
    for (const [method, about] of Object.entries(methods))
      if (about.responses) (groups[(about.tags || ['more'])[0]] ??= []).push(operation(api, path, method, about));
  for (const [name, all] of Object.entries(groups))
    document.querySelector('main').append(make('h2', name), ...all);
};
fetch('openapi.json').then(answer => answer.json()).then(show).catch(error => {
  document.getElementById('about').textContent = 'openapi.json cannot be shown: ' + error;
});
