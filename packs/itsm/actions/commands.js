// The condition has made sure that every command is understood.
ss.importIncludeScript('MailCommands');
var asked = readMailCommands(email.new_text, current, email.user_id);
Object.keys(asked.values).forEach(function (field) {
  current.setValue(field, asked.values[field]);
});
if (asked.text) {
  current.setValue(asked.note ? 'work_notes' : 'additional_comments', asked.text);
}
current.update();
