#ifndef TTS_CONF_FORM_H
#define TTS_CONF_FORM_H

#include "conf_key.h"

/* The forms of the strings in the configuration. */
extern const struct conf_form form_path, form_path_or_none, form_host_or_none, form_host_name,
    form_database, form_account, form_url, form_hours, form_site_or_none, form_service,
    form_service_or_none, form_endpoints, form_networks, form_ports, form_lyric_engine,
    form_song_engine, form_video_engine, form_orientation, form_token_or_none, form_genre,
    form_language, form_level;

#endif
