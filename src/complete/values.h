/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Completion of what options and maps consist of. */
#ifndef COMPLETE_VALUES_H
#define COMPLETE_VALUES_H

#include "complete/offer.h"
#include "cli/options.h"

/* One of an option's words; its aliases where no first name fits. */
void offer_words(struct offers *o, const struct word *words);

/* Names with commas between them, each once. */
void offer_columns(struct offers *o, const struct report_column *columns,
		   size_t n);

/* Selectors of CPUs; irq: also that word, which maps take. */
void offer_cpus(struct offers *o, bool irq);

/* INDEXES=CPUS, or the beginning of it. */
void offer_map(struct offers *o);

#endif
