// The answer goes into the activity feed; the incident is worked on again. A file alone is an answer too.
if (!email.new_text && !email.has_attachments) {
  ss.info('The answer to ' + current.number + ' holds neither new text nor a file');
  return;
}
if (email.new_text) {
  current.additional_comments = email.new_text;
}
current.state = 'in_progress';
current.update();
