"""The rows of benchmarks/growth.py: at any size the same pages, with more rows behind them.

Ten authors write half of the posts and ninety the other half, over 3,500 days. Tag 1 is on every second post, tags 2 to
48 on one in 47 each, tag 49 on 30 posts of all times, tag 50 on the 30 oldest. "evens" stands in every second post and
comment, "singular" in three posts and three comments. Comments lie across the posts; one post has 250 more of them. One
post in a hundred is a draft, one comment in a hundred hidden. Each tenth post had another address before.
"""

ACCOUNTS = """
INSERT INTO accounts_user (id, email, password, first_name, last_name, is_active, is_staff, is_superuser, date_joined)
SELECT n, n || '@blog.example', '', 'Author', n::text, true, n <= 100, n = 1, now() - n * interval '1 minute'
FROM generate_series(1, 100 + greatest(100, %(posts)s / 10)) n;
INSERT INTO blog_tag (id, name, slug) SELECT n, 'Tag ' || n, 'tag-' || n FROM generate_series(1, 51) n;
CREATE TEMPORARY TABLE filler AS
SELECT id, (
  SELECT string_agg('w' || (10000 * random() ^ 3)::int, ' ') FROM generate_series(1, 40) WHERE id >= 0) AS body
FROM generate_series(0, 999) id;
ALTER TABLE filler ADD PRIMARY KEY (id);
"""
POSTS = """
INSERT INTO blog_post (id, author_id, title, slug, body, body_format, body_html, renderer, words, summary, excerpt,
                       published_at, created_at, updated_at, comments_open, version, is_featured)
SELECT n, CASE WHEN n %% 2 = 0 THEN 1 + n / 2 %% 10 ELSE 11 + n / 2 %% 90 END, 'Post number ' || n, 'growth-' || n,
       text.body, 'markdown', '<p>' || text.body || '</p>', 1, 40, '', left(text.body, 100),
       CASE WHEN n %% 100 <> 99 THEN date END, date, date, n %% 97 > 0, 1, n %% (%(posts)s / 5) = 2
FROM generate_series(1, %(posts)s + 3) n
CROSS JOIN LATERAL (SELECT now() - (%(posts)s - n + 0.5) * (interval '3500 days' / %(posts)s) AS date) AS moment
CROSS JOIN LATERAL (
  SELECT body || CASE WHEN n %% 2 = 0 THEN ' evens' ELSE ' odds' END ||
    CASE WHEN n %% (%(posts)s / 3) = 7 THEN ' singular' ELSE '' END AS body
  FROM filler WHERE filler.id = n %% 1000
) AS text;
INSERT INTO blog_postslug (slug, post_id) SELECT 'formerly-' || id, id FROM blog_post WHERE id %% 10 = 0;
INSERT INTO blog_posttag (post_id, tag_id, published_at)
SELECT id, tag, published_at FROM blog_post CROSS JOIN LATERAL (
  SELECT 1 AS tag WHERE id %% 2 = 0 UNION ALL SELECT 2 + id %% 47
  UNION ALL SELECT 49 WHERE id %% (%(posts)s / 30) = 1 UNION ALL SELECT 50 WHERE id <= 30
) AS tags;
"""
COMMENTS = """
INSERT INTO blog_comment (post_id, author_id, body, body_format, body_html, state, created_at)
SELECT CASE WHEN n <= 250 THEN %(posts)s / 2 ELSE 1 + n::bigint * 7919 %% %(posts)s END,
       101 + n::bigint * 31 %% greatest(100, %(posts)s / 10), text.body, 'markdown', '<p>' || text.body || '</p>',
       CASE WHEN n %% 5003 = 0 THEN 'held' WHEN n %% 97 = 0 THEN 'removed' ELSE 'visible' END,
       now() - (%(comments)s - n) * (interval '3500 days' / %(comments)s)
FROM generate_series(1, %(comments)s) n
CROSS JOIN LATERAL (
  SELECT 'Well said, number ' || n || CASE WHEN n %% 2 = 0 THEN ' evens' ELSE ' odds' END ||
    CASE WHEN n %% (%(comments)s / 3) = 7 THEN ' singular' ELSE '' END AS body
) AS text;
"""
STATEMENTS = [ACCOUNTS, POSTS, COMMENTS]
