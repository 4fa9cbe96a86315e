/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Completion of what options and maps consist of. */
#ifndef COMPLETE_VALUES_H
#define COMPLETE_VALUES_H

#include "complete/offer.h"
#include "cli/options.h"
#include "core/cpu/cpu_choice.h"

/* One of an option's words; its aliases where no first name fits. */
void offer_words(struct offers *o, const struct word *words);

/* Names with commas between them, each once. */
void offer_columns(struct offers *o, const struct report_column *columns,
		   size_t n);

/* The words that stand for CPUs, and the nodes of one that takes some. */
void offer_cpus(struct offers *o, enum cpu_choice_place place);

/* INDEXES=CPUS, or the beginning of it. */
void offer_map(struct offers *o);

#endif
