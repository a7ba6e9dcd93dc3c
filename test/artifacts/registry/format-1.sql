SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.aliases (
    model text NOT NULL COLLATE pg_catalog."C",
    alias text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    previous text NOT NULL COLLATE pg_catalog."C",
    moved_at text NOT NULL COLLATE pg_catalog."C",
    moved_by text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.audit (
    id bigint NOT NULL,
    at text NOT NULL COLLATE pg_catalog."C",
    actor text NOT NULL COLLATE pg_catalog."C",
    action text NOT NULL COLLATE pg_catalog."C",
    model text NOT NULL COLLATE pg_catalog."C",
    request_id text NOT NULL COLLATE pg_catalog."C",
    details text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.endpoints (
    name text NOT NULL COLLATE pg_catalog."C",
    spec text NOT NULL COLLATE pg_catalog."C",
    revision bigint NOT NULL,
    changed_at text NOT NULL COLLATE pg_catalog."C",
    changed_by text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.format (
    version bigint NOT NULL,
    store_id text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.idempotency (
    id text NOT NULL COLLATE pg_catalog."C",
    fingerprint text NOT NULL COLLATE pg_catalog."C",
    status bigint,
    body text COLLATE pg_catalog."C",
    created_at text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.key_usage (
    key_id text NOT NULL COLLATE pg_catalog."C",
    day text NOT NULL COLLATE pg_catalog."C",
    requests bigint NOT NULL
);
CREATE TABLE public.keys (
    id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    hash text NOT NULL COLLATE pg_catalog."C",
    previous_hash text COLLATE pg_catalog."C",
    previous_until text COLLATE pg_catalog."C",
    role text NOT NULL COLLATE pg_catalog."C",
    models text NOT NULL COLLATE pg_catalog."C",
    expires_at text COLLATE pg_catalog."C",
    requests_per_second double precision,
    requests_per_day bigint,
    created_at text NOT NULL COLLATE pg_catalog."C",
    created_by text NOT NULL COLLATE pg_catalog."C",
    revoked_at text COLLATE pg_catalog."C",
    last_used_at text COLLATE pg_catalog."C"
);
CREATE TABLE public.models (
    name text NOT NULL COLLATE pg_catalog."C",
    description text NOT NULL COLLATE pg_catalog."C",
    tags text NOT NULL COLLATE pg_catalog."C",
    next_version bigint NOT NULL,
    revision bigint NOT NULL,
    created_at text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.retired_models (
    name text NOT NULL COLLATE pg_catalog."C",
    next_version bigint NOT NULL
);
CREATE TABLE public.versions (
    model text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    digest text NOT NULL COLLATE pg_catalog."C",
    files text NOT NULL COLLATE pg_catalog."C",
    bytes bigint NOT NULL,
    signature text NOT NULL COLLATE pg_catalog."C",
    metrics text NOT NULL COLLATE pg_catalog."C",
    tags text NOT NULL COLLATE pg_catalog."C",
    lineage text NOT NULL COLLATE pg_catalog."C",
    created_at text NOT NULL COLLATE pg_catalog."C",
    created_by text NOT NULL COLLATE pg_catalog."C"
);
INSERT INTO public.aliases VALUES ('churn', 'challenger', 2, '[]', '2026-11-26T18:51:40.632Z', 'key:ab12cd34');
INSERT INTO public.aliases VALUES ('churn', 'champion', 3, '[2,1]', '2026-11-26T18:51:40.629Z', 'key:ab12cd34');
INSERT INTO public.audit VALUES (1, '2026-11-26T18:51:40.596Z', 'key:ab12cd34', 'version.add', 'churn', 'request-1', '{"version":1,"digest":"1cc0b046f83d18305490bd98e82af16792b7a74a89dffa44085b89828b6d1cee"}');
INSERT INTO public.audit VALUES (2, '2026-11-26T18:51:40.596Z', 'key:ab12cd34', 'alias.move', 'churn', 'request-1', '{"alias":"champion","from":null,"to":1,"kind":"first"}');
INSERT INTO public.audit VALUES (3, '2026-11-26T18:51:40.604Z', 'key:ab12cd34', 'version.add', 'churn', 'request-1', '{"version":2,"digest":"4a99fc6a6fccd772b7d26c93059a887dfca3028bc92e55877d850c5136770cb5"}');
INSERT INTO public.audit VALUES (4, '2026-11-26T18:51:40.608Z', 'key:ab12cd34', 'version.add', 'churn', 'request-1', '{"version":3,"digest":"c71ce9c0a546be829fcd7ed8a579d94cf57576c2b7adf31b39c82b7f9456dbca"}');
INSERT INTO public.audit VALUES (5, '2026-11-26T18:51:40.612Z', 'key:ab12cd34', 'version.add', 'churn', 'request-1', '{"version":4,"digest":"9f3b3d7e53895780d643025697bdf57d14df899cade9c15778aaf253a9ddf857"}');
INSERT INTO public.audit VALUES (6, '2026-11-26T18:51:40.616Z', 'key:ab12cd34', 'model.change', 'churn', 'request-1', '{"description":"Who leaves","tags":{"team":"risk"}}');
INSERT INTO public.audit VALUES (7, '2026-11-26T18:51:40.619Z', 'key:ab12cd34', 'alias.move', 'churn', 'request-1', '{"force":false,"alias":"champion","from":1,"to":2,"kind":"promote","reason":"better"}');
INSERT INTO public.audit VALUES (8, '2026-11-26T18:51:40.623Z', 'key:ab12cd34', 'alias.move', 'churn', 'request-1', '{"force":false,"alias":"champion","from":2,"to":3,"kind":"promote","reason":"better"}');
INSERT INTO public.audit VALUES (9, '2026-11-26T18:51:40.626Z', 'key:ab12cd34', 'alias.move', 'churn', 'request-1', '{"force":false,"alias":"champion","from":3,"to":2,"kind":"promote","reason":"better"}');
INSERT INTO public.audit VALUES (10, '2026-11-26T18:51:40.629Z', 'key:ab12cd34', 'alias.move', 'churn', 'request-1', '{"force":false,"alias":"champion","from":2,"to":3,"kind":"rollback","reason":"better"}');
INSERT INTO public.audit VALUES (11, '2026-11-26T18:51:40.632Z', 'key:ab12cd34', 'alias.move', 'churn', 'request-1', '{"force":false,"alias":"challenger","from":null,"to":2,"kind":"promote","reason":"better"}');
INSERT INTO public.audit VALUES (12, '2026-11-26T18:51:40.636Z', 'key:ab12cd34', 'version.delete', 'churn', 'request-1', '{"version":4,"digest":"9f3b3d7e53895780d643025697bdf57d14df899cade9c15778aaf253a9ddf857"}');
INSERT INTO public.audit VALUES (13, '2026-11-26T18:51:40.640Z', 'key:ab12cd34', 'version.tag', 'churn', 'request-1', '{"version":2,"tags":{"reviewed":"yes"}}');
INSERT INTO public.audit VALUES (14, '2026-11-26T18:51:40.643Z', 'key:ab12cd34', 'version.add', 'gone', 'request-1', '{"version":1,"digest":"b089cfd98ea3f3e790a872d56bc5db4db262fe4612fe81e87ee0e9343dc4b766"}');
INSERT INTO public.audit VALUES (15, '2026-11-26T18:51:40.643Z', 'key:ab12cd34', 'alias.move', 'gone', 'request-1', '{"alias":"champion","from":null,"to":1,"kind":"first"}');
INSERT INTO public.audit VALUES (16, '2026-11-26T18:51:40.649Z', 'key:ab12cd34', 'model.delete', 'gone', 'request-1', '{"versions":[1]}');
INSERT INTO public.audit VALUES (17, '2026-11-26T18:51:40.653Z', 'key:ab12cd34', 'endpoint.set', 'shop', 'request-1', '{"from":null,"to":{"variants":[{"name":"a","target":"churn","weight":90},{"name":"b","target":"churn@challenger","weight":10}],"shadow":{"target":"churn@1","percent":50,"maxConcurrency":4,"tolerance":0.001},"splitKey":"x-user","salt":"s"}}');
INSERT INTO public.audit VALUES (18, '2026-11-26T18:51:40.657Z', 'key:ab12cd34', 'endpoint.set', 'old', 'request-1', '{"from":null,"to":{"variants":[{"name":"a","target":"churn","weight":90},{"name":"b","target":"churn@challenger","weight":10}],"salt":""}}');
INSERT INTO public.audit VALUES (19, '2026-11-26T18:51:40.660Z', 'key:ab12cd34', 'endpoint.delete', 'old', 'request-1', '{"from":{"variants":[{"name":"a","target":"churn","weight":90},{"name":"b","target":"churn@challenger","weight":10}],"salt":""}}');
INSERT INTO public.endpoints VALUES ('shop', '{"variants":[{"name":"a","target":"churn","weight":90},{"name":"b","target":"churn@challenger","weight":10}],"shadow":{"target":"churn@1","percent":50,"maxConcurrency":4,"tolerance":0.001},"splitKey":"x-user","salt":"s"}', 17, '2026-11-26T18:51:40.653Z', 'key:ab12cd34');
INSERT INTO public.format VALUES (1, '6fccfd3e-0fb1-4fa5-94dc-879272623a93');
INSERT INTO public.idempotency VALUES ('key:ab12cd34:k1', '0000000000000000000000000000000000000000000000000000000000000007', 201, '{"version":1}', '2026-11-26T18:51:40.665Z');
INSERT INTO public.key_usage VALUES ('ab12cd34', '2026-11-26', 3);
INSERT INTO public.keys VALUES ('ab12cd34', 'the shop', '0000000000000000000000000000000000000000000000000000000000000008', NULL, NULL, 'releaser', '["churn","shop"]', NULL, 2.5, 1000000, '2026-11-26T12:00:00.000Z', '', NULL, NULL);
INSERT INTO public.models VALUES ('churn', 'Who leaves', '{"team":"risk"}', 5, 13, '2026-11-26T18:51:40.596Z');
INSERT INTO public.retired_models VALUES ('gone', 2);
INSERT INTO public.versions VALUES ('churn', 1, '1cc0b046f83d18305490bd98e82af16792b7a74a89dffa44085b89828b6d1cee', '[{"name":"golden.json","digest":"0000000000000000000000000000000000000000000000000000000000000065","bytes":20},{"name":"model.onnx","digest":"0000000000000000000000000000000000000000000000000000000000000001","bytes":1001}]', 1021, '{"inputs":[{"name":"x","dtype":"FP32","shape":[-1,4],"symbols":["N",null],"batchAxis":0}],"outputs":[{"name":"label","dtype":"INT64","shape":[-1],"batchAxis":0,"labels":["no","yes"]}]}', '{"auc":0.81}', '{"team":"risk"}', '{"data":"s3://bucket/data","code":"abc123","run":"run-1","parent":1}', '2026-11-26T18:51:40.596Z', 'key:ab12cd34');
INSERT INTO public.versions VALUES ('churn', 3, 'c71ce9c0a546be829fcd7ed8a579d94cf57576c2b7adf31b39c82b7f9456dbca', '[{"name":"golden.json","digest":"0000000000000000000000000000000000000000000000000000000000000067","bytes":20},{"name":"model.onnx","digest":"0000000000000000000000000000000000000000000000000000000000000003","bytes":1003}]', 1023, '{"inputs":[{"name":"x","dtype":"FP32","shape":[-1,4],"symbols":["N",null],"batchAxis":0}],"outputs":[{"name":"label","dtype":"INT64","shape":[-1],"batchAxis":0,"labels":["no","yes"]}]}', '{"auc":0.8300000000000001}', '{"team":"risk"}', '{"data":"s3://bucket/data","code":"abc123","run":"run-1","parent":1}', '2026-11-26T18:51:40.608Z', 'key:ab12cd34');
INSERT INTO public.versions VALUES ('churn', 2, '4a99fc6a6fccd772b7d26c93059a887dfca3028bc92e55877d850c5136770cb5', '[{"name":"golden.json","digest":"0000000000000000000000000000000000000000000000000000000000000066","bytes":20},{"name":"model.onnx","digest":"0000000000000000000000000000000000000000000000000000000000000002","bytes":1002}]', 1022, '{"inputs":[{"name":"x","dtype":"FP32","shape":[-1,4],"symbols":["N",null],"batchAxis":0}],"outputs":[{"name":"label","dtype":"INT64","shape":[-1],"batchAxis":0,"labels":["no","yes"]}]}', '{"auc":0.8200000000000001}', '{"reviewed":"yes"}', '{"data":"s3://bucket/data","code":"abc123","run":"run-1","parent":1}', '2026-11-26T18:51:40.604Z', 'key:ab12cd34');
ALTER TABLE ONLY public.aliases
    ADD CONSTRAINT aliases_key PRIMARY KEY (model, alias);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_key PRIMARY KEY (id);
ALTER TABLE ONLY public.endpoints
    ADD CONSTRAINT endpoints_key PRIMARY KEY (name);
ALTER TABLE ONLY public.idempotency
    ADD CONSTRAINT idempotency_key PRIMARY KEY (id);
ALTER TABLE ONLY public.key_usage
    ADD CONSTRAINT key_usage_key PRIMARY KEY (key_id, day);
ALTER TABLE ONLY public.keys
    ADD CONSTRAINT keys_key PRIMARY KEY (id);
ALTER TABLE ONLY public.models
    ADD CONSTRAINT models_key PRIMARY KEY (name);
ALTER TABLE ONLY public.retired_models
    ADD CONSTRAINT retired_models_key PRIMARY KEY (name);
ALTER TABLE ONLY public.versions
    ADD CONSTRAINT versions_artifact UNIQUE (model, digest);
ALTER TABLE ONLY public.versions
    ADD CONSTRAINT versions_key PRIMARY KEY (model, version);
CREATE INDEX aliases_on_version ON public.aliases USING btree (model, version);
CREATE INDEX audit_of_action ON public.audit USING btree (action, id);
CREATE INDEX audit_of_model ON public.audit USING btree (model, id);
CREATE INDEX idempotency_age ON public.idempotency USING btree (created_at);
ALTER TABLE ONLY public.aliases
    ADD CONSTRAINT aliases_version FOREIGN KEY (model, version) REFERENCES public.versions(model, version);
ALTER TABLE ONLY public.key_usage
    ADD CONSTRAINT key_usage_of FOREIGN KEY (key_id) REFERENCES public.keys(id);
ALTER TABLE ONLY public.versions
    ADD CONSTRAINT versions_model FOREIGN KEY (model) REFERENCES public.models(name);
