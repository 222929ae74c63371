// `current` is the new incident, `target` the closed one that the mail answers.
current.parent = target.sys_id;
current.insert();
