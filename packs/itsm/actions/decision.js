// `current` has the decision already, by the mapping. A word on the first line is the decision, what stands behind and
// below it the comment; where the subject decides, all of the text is.
var words = ['approve', 'approved', 'согласовано', 'согласовываю', 'согласован', 'утверждаю', 'утверждено', 'одобряю',
  'одобрено', 'reject', 'rejected', 'decline', 'declined', 'отклонено', 'отклоняю', 'отклонить', 'отказано'];
var comment = words.includes(email.first_word) ? email.rest_of_text : email.new_text;
if (comment) {
  current.additional_comments = comment;
}
current.update();
