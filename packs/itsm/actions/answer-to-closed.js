// `current` is the new incident; the closed one is found by its number in the subject of our mails.
var closed = new SimpleRecord('incident');
var number = /INC\d{4,}/.exec(email.subject);
if (number && closed.get('number', number[0]) && closed.sys_id) {
  current.parent = closed.sys_id;
}
current.insert();
