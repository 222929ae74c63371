// Whom no rule leads to of themselves follows again.
var me = email.user_id;
function list(field) {
  return String(current.getValue(field) || '').split(',').filter(Boolean);
}
current.muted_by = list('muted_by').filter(function (user) { return user !== me; });
if (current.getValue('caller') !== me && current.getValue('assigned_user') !== me) {
  current.followers = list('followers').concat(me);
}
current.update();
