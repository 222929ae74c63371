// A follower leaves. Everybody is muted for this record, too: rules lead to callers and agents all the same, and who left
// by themselves may come back, unlike somebody whom an agent has taken out.
var me = email.user_id;
function list(field) {
  return String(current.getValue(field) || '').split(',').filter(Boolean);
}
if (list('followers').includes(me)) {
  current.followers = list('followers').filter(function (user) { return user !== me; });
}
if (!list('muted_by').includes(me)) {
  current.muted_by = list('muted_by').concat(me);
}
current.update();
