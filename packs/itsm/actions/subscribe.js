var me = email.user_id;
function list(field) {
  return String(current.getValue(field) || '').split(',').filter(Boolean);
}
if (list('muted_by').includes(me)) {
  current.muted_by = list('muted_by').filter(function (user) { return user !== me; });
} else if (![current.getValue('caller'), current.getValue('assigned_user')].concat(list('followers')).includes(me)) {
  current.followers = list('followers').concat(me);
}
current.update();
