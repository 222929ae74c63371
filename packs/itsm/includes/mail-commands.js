var COMMANDS = {
  state: 'state', status: 'state', 'состояние': 'state', 'статус': 'state',
  assign: 'assign', 'назначить': 'assign', 'назначь': 'assign',
  impact: 'impact', priority: 'impact', 'влияние': 'impact', 'приоритет': 'impact',
  note: 'note', 'заметка': 'note',
  complete: 'complete', resolve: 'complete', 'выполнено': 'complete', 'решено': 'complete',
  close: 'close', 'закрыть': 'close'
};
var STATES = {
  registered: 'registered', 'зарегистрирован': 'registered',
  assigned: 'assigned', 'назначен': 'assigned',
  'in progress': 'in_progress', 'в работе': 'in_progress',
  'information needed': 'information_needed', 'требуется информация': 'information_needed',
  postponed: 'postponed', 'отложен': 'postponed',
  'external processing': 'external_processing', 'внешняя обработка': 'external_processing',
  completed: 'completed', 'выполнен': 'completed',
  closed: 'closed', 'закрыт': 'closed'
};
var LEVELS = {
  low: 'low', 'низкое': 'low', 'низкий': 'low',
  medium: 'medium', 'среднее': 'medium', 'средний': 'medium',
  high: 'high', 'высокое': 'high', 'высокий': 'high'
};
var ME = ['me', 'мне', 'я', 'себе'];

// The agent whom a command names: the sender, or somebody by address or full name.
function agentCalled(word, sender) {
  if (ME.includes(word.toLowerCase())) {
    return sender;
  }
  var user = new SimpleRecord('user');
  user.addQuery(word.includes('@') ? 'email' : 'name', word);
  user.addQuery('active', true);
  user.setLimit(2);
  user.query();
  var found = '';
  while (user.next()) {
    if (found) {
      return '';
    }
    found = user.getValue('sys_id');
    var roles = String(user.getValue('roles'));
    if (!/\b(agent|admin)\b/.test(roles)) {
      return '';
    }
  }
  return found;
}

// What the lines at the top ask for: values of fields, the text below, whether it is for agents only, and the lines
// that are no command.
function readMailCommands(text, record, sender) {
  var asked = { values: {}, note: false, text: '', errors: [] };
  var lines = String(text || '').trim().split('\n');
  var below = [];
  while (lines.length > 0 && (lines[0].trim() === '' || lines[0].trim().startsWith('#'))) {
    var line = lines.shift().trim();
    if (line === '') {
      continue;
    }
    var space = line.search(/\s/);
    var command = COMMANDS[line.substring(1, space < 0 ? line.length : space).toLowerCase().replace(/:$/, '')];
    var value = space < 0 ? '' : line.substring(space).trim();
    var plain = value.toLowerCase().replace(/_/g, ' ');
    if (command === 'note') {
      asked.note = true;
      if (value) {
        below.push(value);
      }
    } else if (command === 'complete' && !value) {
      asked.values.state = 'completed';
    } else if (command === 'close' && !value) {
      asked.values.state = 'closed';
    } else if (command === 'state' && STATES[plain]) {
      asked.values.state = STATES[plain];
    } else if (command === 'impact' && LEVELS[plain] && record.getTableName().includes('incident')) {
      asked.values.impact = LEVELS[plain];
    } else if (command === 'assign' && agentCalled(value, sender)) {
      asked.values.assigned_user = agentCalled(value, sender);
    } else {
      asked.errors.push(line);
    }
  }
  asked.text = below.concat(lines).join('\n').trim();
  return asked;
}
