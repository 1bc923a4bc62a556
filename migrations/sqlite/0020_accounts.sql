-- People, what they hold, and who did what. Instants that are compared in queries are microseconds since 1970, UTC.

create table person (
    position    integer primary key,
    login       text    not null unique,       -- never given to another
    name        text    not null,
    role        text    not null,
    office      text,                          -- a body of the register
    password    text,                          -- PHC string; none until one is chosen
    created_at  text    not null,              -- UTC
    disabled_at text
);

create table session (
    digest      text    primary key,           -- of its secret
    login       text    not null references person (login),
    created_at  bigint  not null,
    seen_at     bigint  not null
);

create index session_by_login on session (login);

create table token (
    digest      text    primary key,           -- of its secret
    login       text    not null references person (login),
    name        text    not null,
    created_at  bigint  not null,
    expires_at  bigint  not null,
    revoked_at  bigint,
    used_at     bigint                         -- to the day
);

create index token_by_login on token (login);

create table one_time_link (
    digest      text    primary key,           -- of its secret
    purpose     text    not null,              -- JSON
    made_by     text,
    expires_at  bigint  not null,
    used_at     bigint
);

-- Failed attempts to sign in, in a row, by login and by address.
create table failure (
    guesser     text    primary key,
    failures    bigint  not null,
    last_at     bigint  not null
);

-- Only added to, which triggers see to. Each entry's digest is taken over the one before.
create table audit_entry (
    sequence    bigint  primary key,
    at          text    not null,              -- UTC
    who         text    not null,
    deed        text    not null,
    subject     text    not null,
    detail      text    not null,              -- canonical JSON
    previous    text    not null,
    digest      text    not null
);

create index audit_entry_by_subject on audit_entry (subject, sequence);

-- Where the chain ends: one row, which every writer takes first.
create table audit_head (
    id          bigint  primary key,
    sequence    bigint  not null,
    digest      text    not null
);

insert into audit_head (id, sequence, digest)
values (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

create trigger audit_entry_stays before update on audit_entry
begin
    select raise(abort, 'entries of the audit log are never changed');
end;

create trigger audit_entry_remains before delete on audit_entry
begin
    select raise(abort, 'entries of the audit log are never removed');
end;

-- Changes of the register that one proposes and another approves.
create table proposal (
    number      integer primary key,
    source      text    not null,              -- name of the imported file
    content     text    not null,              -- JSON: seals, events or entries
    effect      text    not null,              -- JSON: what it does, line by line, as it was shown
    revision    bigint  not null,              -- of the register when it was proposed
    note        text,
    proposed_by text    not null,
    proposed_at text    not null,              -- UTC
    state       text    not null,              -- open, approved, rejected, withdrawn
    answered    text    not null               -- JSON: the state with who, when and why
);

create index proposal_by_state on proposal (state, number);

-- Findings that one proposes to set aside and another agrees to; reports are never touched.
create table decision (
    number      integer primary key,
    document    text    not null,              -- SHA-256
    office      text,
    finding     text    not null,              -- JSON, as it was seen
    reason      text    not null,
    proposed_by text    not null,
    proposed_at text    not null,              -- UTC
    state       text    not null,
    answered    text    not null
);

create index decision_by_document on decision (document, number);
create index decision_by_state on decision (state, number);
