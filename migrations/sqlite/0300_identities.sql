-- By whom else people are known: a provider of OpenID Connect, and what it calls them. An administrator says so.
create table identity (
    issuer      text    not null,
    subject     text    not null,
    login       text    not null references person (login),
    primary key (issuer, subject),
    unique (issuer, login)
);

-- Browsers on their way to the provider: each comes back once.
create table departure (
    digest      text    primary key,           -- of the secret that the browser keeps
    expires_at  bigint  not null
);

create index departure_by_end on departure (expires_at);
