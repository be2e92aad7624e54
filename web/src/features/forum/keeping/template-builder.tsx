import { ActionIcon, Button, Checkbox, TextInput } from '@mantine/core'
import { type CategoryPatch, forumLimits } from '@p2p/contracts'
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import { useFieldArray, useFormContext } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { useFieldError } from '../../../lib/sentence.ts'
import { FieldPair, ownDirection } from '../../../ui/form.tsx'
import styles from './keeping.module.css'

/** A key nobody has to think of: it stays when labels change, so that answers keep their place. */
const freshKey = () => `field_${crypto.randomUUID().slice(0, 8)}`

/** The fields a good question needs: what is asked in both languages, in which order, and what must be there. */
export function TemplateBuilder() {
  const { t } = useTranslation()
  const { control, register, formState } = useFormContext<CategoryPatch>()
  const { fields, append, remove, swap } = useFieldArray({ control, name: 'template', keyName: 'row' })
  const fieldError = useFieldError()
  const faults = formState.errors.template
  const add = () =>
    append({ key: freshKey(), label_en: '', label_ar: '', help_en: '', help_ar: '', required: false })
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{t('keeping.template')}</legend>
      <p className={styles.help}>{t('keeping.templateHelp')}</p>
      {fields.map((field, place) => (
        <section
          key={field.row}
          className={styles.field}
          aria-label={t('keeping.field', { place: place + 1 })}
        >
          <div className={styles.fieldHead}>
            <Checkbox label={t('keeping.required')} {...register(`template.${place}.required`)} />
            <div className={styles.actions}>
              <ActionIcon
                variant="subtle"
                size="lg"
                disabled={place === 0}
                aria-label={t('keeping.fieldUp', { place: place + 1 })}
                onClick={() => swap(place, place - 1)}
              >
                <IconArrowUp size={18} aria-hidden="true" />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                size="lg"
                disabled={place === fields.length - 1}
                aria-label={t('keeping.fieldDown', { place: place + 1 })}
                onClick={() => swap(place, place + 1)}
              >
                <IconArrowDown size={18} aria-hidden="true" />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                size="lg"
                color="danger"
                aria-label={t('keeping.removeField', { place: place + 1 })}
                onClick={() => remove(place)}
              >
                <IconTrash size={18} aria-hidden="true" />
              </ActionIcon>
            </div>
          </div>
          <FieldPair>
            <TextInput
              label={t('keeping.labelEn')}
              {...ownDirection}
              {...register(`template.${place}.label_en`)}
              error={fieldError(faults?.[place]?.label_en)}
            />
            <TextInput
              label={t('keeping.labelAr')}
              {...ownDirection}
              {...register(`template.${place}.label_ar`)}
              error={fieldError(faults?.[place]?.label_ar)}
            />
            <TextInput
              label={t('keeping.helpEn')}
              {...ownDirection}
              {...register(`template.${place}.help_en`)}
              error={fieldError(faults?.[place]?.help_en)}
            />
            <TextInput
              label={t('keeping.helpAr')}
              {...ownDirection}
              {...register(`template.${place}.help_ar`)}
              error={fieldError(faults?.[place]?.help_ar)}
            />
          </FieldPair>
        </section>
      ))}
      {fields.length < forumLimits.templateFields && (
        <div>
          <Button
            variant="default"
            size="sm"
            leftSection={<IconPlus size={16} aria-hidden="true" />}
            onClick={add}
          >
            {t('keeping.addField')}
          </Button>
        </div>
      )}
    </fieldset>
  )
}
