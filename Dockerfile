# Packages are installed here and copied, so that pip's leftovers stay out of the image.
FROM python:3.13-slim-bookworm AS builder

RUN python -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"

# Every package is a wheel, its hash checked: no compiler, no header files.
COPY requirements.txt /
RUN pip install --no-cache-dir --only-binary :all: --require-hashes --requirement /requirements.txt


FROM python:3.13-slim-bookworm AS runtime

# A fixed number, so that a volume's owner is the same in the next image. /data is mounted.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin point \
 && install --directory --owner point --group point /data

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=cms.settings.production \
    DATA_DIR=/data \
    STATIC_ROOT=/app/static \
    PORT=8000 \
    PATH="/opt/venv/bin:$PATH"
EXPOSE 8000

COPY --from=builder /opt/venv /opt/venv
WORKDIR /app
# Owned by root: the site cannot change its own code.
COPY . .

# Building needs settings but no secret, no database and no mail; these values reach no container.
RUN SECRET_KEY=only-while-the-image-is-built-and-never-in-a-container \
    VOTE_KEY_SECRET=only-while-the-image-is-built-and-never-in-a-container \
    SEAL_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    ALLOWED_HOSTS=localhost \
    BASE_URL=https://localhost \
    DATABASE_URL=sqlite://:memory: \
    MAIL_URL=smtp://localhost \
    MAIL_FROM=nobody@localhost \
    sh -c 'python scripts/messages.py compile && python manage.py collectstatic --noinput'

USER point

# /livez asks no database: a restart of this process mends no database.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "deploy/healthcheck.py"]

# Migrations are a step of their own (compose.yaml): two servers starting at once must not both
# change the schema.
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "cms.wsgi:application"]
