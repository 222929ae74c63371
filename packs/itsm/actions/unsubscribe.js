var me = email.user_id;
function list(field) {
  return String(current.getValue(field) || '').split(',').filter(Boolean);
}
var followers = list('followers');
if (followers.includes(me)) {
  current.followers = followers.filter(function (user) { return user !== me; });
}
// Whoever only followed has left; anybody else is led to by the rules, and wants no mail all the same.
var named = [current.getValue('caller'), current.getValue('assigned_user')].includes(me);
if ((named || !followers.includes(me)) && !list('muted_by').includes(me)) {
  current.muted_by = list('muted_by').concat(me);
}
current.update();
